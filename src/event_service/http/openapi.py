"""``/openapi.json``: what is hosted over HTTP, made from the descriptors of what is hosted."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from event_service.http.deliveries import KEY_IN_HEADER, KEY_IN_PATH
from event_service.http.probes import DISTRIBUTION
from event_service.http.schemas import Schemas
from event_service.http.transcoding import WHOLE_BODY, method_descriptor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.descriptor import Descriptor

    from event_service.http.transcoding import Binding

_Node = dict[str, Any]

_PROBLEM: Final[_Node] = {
    "type": "object",
    "description": "What went wrong.",
    "required": ["detail"],
    "properties": {
        "detail": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "examples": ["ERROR_INVALID_PARAMETER"]},
                "message": {"type": "string"},
            },
        }
    },
}
_REFUSED: Final[_Node] = {"$ref": "#/components/responses/Problem"}
_SECURITY: Final[_Node] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token of a user or an app.",
    },
    "accessKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Access-Key",
        "description": "The access key of the webhook. `Authorization: Bearer` takes it too.",
    },
}
_EXAMPLES: Final[Mapping[str, Any]] = {
    "spaceone.api.core.v2.Query": {"page": {"start": 1, "limit": 10}},
    "spaceone.api.core.v2.StatisticsQuery": {"aggregate": [{"count": {"name": "total"}}]},
}
"""Values that a newcomer can send as they are, by the type of the field."""

_EVENT: Final[_Node] = {
    "event_key": "disk-full/server-1",
    "event_type": "ALERT",
    "title": "Disk almost full",
    "severity": "WARNING",
    "resource": {"name": "server-1"},
}


def openapi(
    bindings: Iterable[Binding], comments: Mapping[str, str], *, needs_token: bool
) -> bytes:
    """The document, OpenAPI 3.1, as JSON. ``comments`` are those of ``comments.read_comments``."""
    schemas = Schemas(comments)
    paths: dict[str, _Node] = {KEY_IN_HEADER: {"post": _delivery(key_in_path=False)}}
    paths[KEY_IN_PATH] = {"post": _delivery(key_in_path=True)}
    tags = {"Deliveries": "Where monitoring systems post. The key of the webhook is all they need."}
    for binding in bindings:
        service = binding.method.service
        tags[_short(service)] = comments.get(service, "")
        operation = _operation(binding, schemas, comments, needs_token=needs_token)
        paths.setdefault(binding.path, {})[binding.verb.lower()] = operation
    paths |= _probes()
    tags["Probes"] = "For whoever watches over the process."
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Event service",
            "version": version(DISTRIBUTION),
            "description": "Takes alarms of monitoring systems in and answers questions about them."
            " The same calls are there over gRPC, where reflection describes them.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(schemas.components.items())), "Problem": _PROBLEM},
            "responses": {"Problem": _json("The code says what went wrong.", _ref("Problem"))},
            "securitySchemes": _SECURITY,
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _operation(
    binding: Binding, schemas: Schemas, comments: Mapping[str, str], *, needs_token: bool
) -> _Node:
    descriptor = method_descriptor(binding.method)
    asked = descriptor.input_type
    described = comments.get(descriptor.full_name, "")
    service = _short(binding.method.service)
    operation: _Node = {
        "operationId": f"{service}.{binding.method.name}",
        "tags": [service],
        "summary": described.partition(". ")[0].rstrip(".") or binding.method.name,
        "description": described,
        "parameters": [
            *(_variable(name) for name in binding.variables),
            {
                "name": "emit_defaults",
                "in": "query",
                "description": "Answer also with what is empty: without it, that is left out.",
                "schema": {"type": "boolean", "default": False},
            },
        ],
        "responses": {
            "200": _json("The answer.", schemas.message(descriptor.output_type)),
            "default": _REFUSED,
        },
        "security": [{"token": []}] if needs_token and binding.method.access is not None else [],
    }
    if binding.body == WHOLE_BODY:
        operation["requestBody"] = _body(schemas.message(asked), _example(asked, schemas))
    elif binding.body:
        inner = asked.fields_by_name[binding.body].message_type
        if inner is not None:
            operation["requestBody"] = _body(schemas.message(inner), {})
    return operation


def _example(kind: Descriptor, schemas: Schemas) -> _Node:
    example: _Node = {}
    required = schemas.components[kind.full_name].get("required", [])
    for field in kind.fields:
        if field.message_type is not None and field.message_type.full_name in _EXAMPLES:
            example[field.name] = _EXAMPLES[field.message_type.full_name]
        elif field.name in required and field.type == field.TYPE_STRING:
            example[field.name] = ""
    return example


def _delivery(*, key_in_path: bool) -> _Node:
    names = ["webhook_id", "access_key"] if key_in_path else ["webhook_id"]
    where = "the path, for senders that can send no header" if key_in_path else "a header"
    return {
        "operationId": "deliver_with_key_in_path" if key_in_path else "deliver",
        "tags": ["Deliveries"],
        "summary": "Deliver what a monitoring system says"
        + (", the key in the path" if key_in_path else ""),
        "description": f"Takes any JSON object, whatever its content type, also compressed with"
        f" gzip; the webhook's plugin makes events of it. The key stands in {where}. Answered once"
        " the events are stored; 429 and 503 say after how many seconds to try again.",
        "parameters": [_variable(name) for name in names],
        "requestBody": _body({"type": "object"}, _EVENT),
        "responses": {
            "200": _json("Stored.", {"type": "object"}),
            "400": _REFUSED,
            "403": _REFUSED,
            "404": _REFUSED,
            "413": _REFUSED,
            "429": _REFUSED,
            "503": _REFUSED,
            "default": _REFUSED,
        },
        "security": [] if key_in_path else [{"accessKey": []}],
    }


def _probes() -> dict[str, _Node]:
    service = {
        "name": "service",
        "in": "query",
        "description": "Ask for the stores that this gRPC service can't do without, not for all.",
        "schema": {"type": "string", "default": ""},
    }
    return {
        "/healthz": {"get": _probe("alive", "Is the process up", [])},
        "/readyz": {"get": _probe("ready", "Do the stores answer", [service])},
        "/version": {"get": _probe("version", "What runs here", [])},
    }


def _probe(name: str, summary: str, parameters: list[_Node]) -> _Node:
    return {
        "operationId": name,
        "tags": ["Probes"],
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": _json("Yes.", {"type": "object"}), "default": _REFUSED},
        "security": [],
    }


def _variable(name: str) -> _Node:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _body(schema: _Node, example: Any) -> _Node:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"required": False, "content": content}


def _json(description: str, schema: _Node) -> _Node:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> _Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _short(service: str) -> str:
    return service.rpartition(".")[2]

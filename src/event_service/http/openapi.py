"""``/openapi.json``: what is hosted over HTTP, made from the descriptors of what is hosted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import event_service
from event_service.http.own_paths import (
    OWN_SCHEMAS,
    PROBLEM,
    REFUSED,
    TAGS,
    Node,
    delivery_paths,
    json_answer,
    json_body,
    probe_paths,
)
from event_service.http.schemas import Schemas
from event_service.http.transcoding import method_descriptor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.descriptor import Descriptor

    from event_service.http.transcoding import Binding

_SECURITY: Final[Node] = {
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


def openapi(
    bindings: Iterable[Binding], comments: Mapping[str, str], *, needs_token: bool
) -> bytes:
    """The document, OpenAPI 3.1, as JSON. ``comments`` are those of ``comments.read_comments``."""
    schemas = Schemas(comments)
    paths: dict[str, Node] = delivery_paths()
    tags = dict(TAGS[:1])
    for binding in bindings:
        service = binding.method.service
        tags[_short(service)] = comments.get(service, "")
        operation = _operation(binding, schemas, comments, needs_token=needs_token)
        paths[binding.path] = {"post": operation}
    paths |= probe_paths()
    tags |= dict(TAGS[1:])
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Event service",
            "version": event_service.__version__,
            "description": "Takes alarms of monitoring systems in and answers questions about them."
            " The same calls are there over gRPC, where reflection describes them.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**OWN_SCHEMAS, **schemas.components}.items())),
            "responses": {"Problem": json_answer("The code says what went wrong.", PROBLEM)},
            "securitySchemes": _SECURITY,
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _operation(
    binding: Binding, schemas: Schemas, comments: Mapping[str, str], *, needs_token: bool
) -> Node:
    descriptor = method_descriptor(binding.method)
    asked = descriptor.input_type
    described = comments.get(descriptor.full_name, "")
    service = _short(binding.method.service)
    schema = schemas.message(asked)
    return {
        "operationId": f"{service}.{binding.method.name}",
        "tags": [service],
        "summary": described.partition(". ")[0].rstrip(".") or binding.method.name,
        "description": described,
        "parameters": [
            {
                "name": "emit_defaults",
                "in": "query",
                "description": "Answer also with what is empty: without it, that is left out.",
                "schema": {"type": "boolean", "default": False},
            },
        ],
        "requestBody": json_body(schema, _example(asked, schemas)),
        "responses": {
            "200": json_answer("The answer.", schemas.message(descriptor.output_type)),
            "default": REFUSED,
        },
        "security": [{"token": []}] if needs_token and binding.method.access is not None else [],
    }


def _example(kind: Descriptor, schemas: Schemas) -> Node:
    example: Node = {}
    required = schemas.components[kind.full_name].get("required", [])
    for field in kind.fields:
        if field.message_type is not None and field.message_type.full_name in _EXAMPLES:
            example[field.name] = _EXAMPLES[field.message_type.full_name]
        elif field.name in required and field.type == field.TYPE_STRING:
            example[field.name] = ""
    return example


def _short(service: str) -> str:
    return service.rpartition(".")[2]

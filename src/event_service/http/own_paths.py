"""What ``/openapi.json`` says of the paths that no proto file describes, and of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.draft import EventType, Severity
from event_service.http.deliveries import KEY_IN_HEADER, KEY_IN_PATH
from event_service.http.metrics_page import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

Node = dict[str, Any]

TAGS: Final = (
    ("Deliveries", "Where monitoring systems post. The key of the webhook is all they need."),
    ("Probes", "For whoever watches over the process."),
)

PROBLEM: Final[Node] = {"$ref": "#/components/schemas/Problem"}
REFUSED: Final[Node] = {"$ref": "#/components/responses/Problem"}


def _text(description: str, **more: Any) -> Node:
    return {"type": "string", "description": description, **more}


_STORED: Final[Node] = {
    "type": "object",
    "properties": {
        "ok": {
            "type": "boolean",
            "description": "True for a message in Slack's shape, whose senders look for it.",
        }
    },
    "additionalProperties": False,
}


OWN_SCHEMAS: Final[Mapping[str, Node]] = {
    "Problem": {
        "type": "object",
        "description": "What went wrong.",
        "required": ["detail"],
        "properties": {
            "detail": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": _text("What a program looks at.", examples=["ERROR_NOT_FOUND"]),
                    "message": _text("What a person reads."),
                },
            }
        },
    },
    "Delivery": {
        "type": "object",
        "description": "A webhook takes what its monitoring system sends: that of its plugin, or,"
        " without one, that which the body is recognised to be of. Who has a body to make sends an"
        " event of this form, or several of them in `results`. Whatever else it holds is kept with"
        " the event.",
        "properties": {
            "event_key": _text("Same key, same problem. Made from the content if it is missing."),
            "event_type": _text("What happened; ALERT if it is missing.", enum=list(EventType)),
            "title": _text("A line."),
            "description": _text("More than a line."),
            "severity": _text("How bad it is; NONE if it is missing.", enum=list(Severity)),
            "resource": {
                "type": "object",
                "description": "What it happened to.",
                "properties": {
                    "resource_id": {"type": "string"},
                    "resource_type": {"type": "string"},
                    "name": {"type": "string"},
                },
            },
            "resources": {
                "type": "array",
                "description": "The names of all that it happened to.",
                "items": {"type": "string"},
            },
            "rule": _text("The rule that raised it."),
            "image_url": _text("A picture of it."),
            "provider": _text("Whose cloud, for example aws."),
            "account": _text("Which account there."),
            "occurred_at": _text("When, in ISO 8601.", format="date-time"),
            "additional_info": {"type": "object", "description": "Anything else worth a look."},
            "results": {
                "type": "array",
                "description": "Several events, in place of one.",
                "items": {"$ref": "#/components/schemas/Delivery"},
            },
        },
    },
}

_EVENT: Final[Node] = {
    "event_key": "disk-full/server-1",
    "event_type": "ALERT",
    "title": "Disk almost full",
    "severity": "WARNING",
    "resource": {"name": "server-1"},
}
_REFUSALS: Final = ("400", "401", "403", "404", "408", "413", "415", "429", "503", "default")


def delivery_paths() -> dict[str, Node]:
    """Where monitoring systems post."""
    return {
        KEY_IN_HEADER: {
            "post": {
                "operationId": "deliver",
                "summary": "Deliver what a monitoring system says",
                "description": "Takes any JSON object, whatever its content type, also compressed"
                " with gzip or as the `payload` of a form, and answers once its events are stored."
                " 429 and 503 say in `Retry-After` after how many seconds to try again.",
                **_delivery("webhook_id"),
                "security": [{"accessKey": []}],
            }
        },
        KEY_IN_PATH: {
            "post": {
                "operationId": "deliver_with_key_in_path",
                "summary": "Deliver, the key in the path",
                "description": "The same for senders that can send no header of their own.",
                **_delivery("webhook_id", "access_key"),
                "security": [],
            }
        },
    }


def probe_paths() -> dict[str, Node]:
    """For whoever watches over the process."""
    service = {
        "name": "service",
        "in": "query",
        "description": "Ask for the stores that this gRPC service can't do without, not for all.",
        "schema": {"type": "string", "default": ""},
    }
    return {
        "/healthz": {"get": _probe("healthz", "Is the process up?")},
        "/readyz": {"get": _probe("readyz", "Do the stores answer?", service)},
        "/version": {"get": _probe("version", "What runs here?")},
        METRICS: {
            "get": {
                "operationId": "metrics",
                "tags": ["Probes"],
                "summary": "What is counted and measured",
                "description": "For Prometheus: its text format, or OpenMetrics if `Accept` names"
                " that.",
                "parameters": [],
                "responses": {
                    "200": {
                        "description": "All metrics, of all worker processes.",
                        "content": {
                            kind: {"schema": {"type": "string"}}
                            for kind in ("text/plain", "application/openmetrics-text")
                        },
                    },
                    "default": REFUSED,
                },
                "security": [],
            }
        },
    }


def json_body(schema: Node, example: Any) -> Node:
    """A request's body."""
    return {"content": {"application/json": {"schema": schema, "example": example}}}


def json_answer(description: str, schema: Node) -> Node:
    """An answer."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _delivery(*variables: str) -> Node:
    return {
        "tags": ["Deliveries"],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in variables
        ],
        "requestBody": json_body({"$ref": "#/components/schemas/Delivery"}, _EVENT),
        "responses": {
            "200": json_answer("Stored.", _STORED),
            **dict.fromkeys(_REFUSALS, REFUSED),
        },
    }


def _probe(name: str, summary: str, *parameters: Node) -> Node:
    return {
        "operationId": name,
        "tags": ["Probes"],
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": json_answer("Yes.", {"type": "object"}), "default": REFUSED},
        "security": [],
    }

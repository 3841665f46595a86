"""Targets of the query compiler: what is asked of the database on behalf of a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from google.protobuf.message import DecodeError

from event_service.errors import ServiceError
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.webhook_fields import WEBHOOK_FIELDS
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, webhook_pb2
from event_service.wire.json_body import json_object
from event_service.wire.json_message import message_of
from fuzz.asked import CALLERS, listening_reader
from fuzz.database_language import check_bounded, check_pipeline
from fuzz.refusals import refused_well

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from event_service.caller import Caller
    from event_service.query.fields import FieldSet

_KINDS: tuple[tuple[str, type[Message], FieldSet], ...] = (
    ("list", event_pb2.EventQuery, EVENT_FIELDS),
    ("stat", event_pb2.EventStatQuery, EVENT_FIELDS),
    ("list", webhook_pb2.WebhookQuery, WEBHOOK_FIELDS),
    ("stat", webhook_pb2.WebhookStatQuery, WEBHOOK_FIELDS),
)
_PARAMETERS = ("event_id", "event_key", "title", "name", "workspace_id", "project_id", "alert_id")
_HEAD = 2


def query_bytes(data: bytes) -> None:
    """Two bytes choose the request and its caller, the others are its message."""
    if len(data) < _HEAD:
        return
    method, kind, fields = _KINDS[data[0] % len(_KINDS)]
    try:
        request = kind.FromString(data[_HEAD:])
    except DecodeError:
        return
    check_request(method, request, fields, CALLERS[data[1] % len(CALLERS)])


def query_json(data: bytes) -> None:
    """An object: ``ask`` and ``as`` choose the request and its caller, the others are its fields.

    So a query is written as HTTP clients write it, and can be changed member by member.
    """
    try:
        asked = json_object(data)
    except ServiceError:
        return
    method, kind, fields = _KINDS[_number(asked.pop("ask", 0)) % len(_KINDS)]
    caller = CALLERS[_number(asked.pop("as", 0)) % len(CALLERS)]
    with refused_well():
        check_request(method, message_of(asked, kind), fields, caller)


def check_request(method: str, request: Any, fields: FieldSet, caller: Caller) -> None:
    """Raises AssertionError unless the request is refused or stays within bounds and scope."""
    reader, heard = listening_reader(fields)
    parameters = {
        key: value
        for key in _PARAMETERS
        if (value := getattr(request, key, "")) and key in fields.kinds
    }
    with refused_well():
        if method == "list":
            reader.list(caller, request.query, parameters)
        else:
            reader.stat(caller, request.query if request.HasField("query") else None)
    size = cast("int", request.ByteSize())
    for pipeline in heard.pipelines:
        check_pipeline(pipeline, caller.scope, size)
        check_bounded(pipeline)


def _number(value: object) -> int:
    return int(value) if isinstance(value, float) else 0

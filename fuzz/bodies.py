"""Targets of what HTTP reads: JSON, requests made of JSON, and compressed bodies."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from event_service.admission.byte_budget import ByteBudget
from event_service.errors import ServiceError
from event_service.http.body import BodyLimits, body_of
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, webhook_pb2
from event_service.wire.json_body import json_object
from event_service.wire.json_message import json_of, message_of
from fuzz.refusals import check_refusal, refused_well
from fuzz.stored import check_kept

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from google.protobuf.message import Message

_LARGEST = 64 * 1024
_BUDGET = ByteBudget(2 * _LARGEST)


def json_text(data: bytes) -> None:
    """The body of a delivery: refused, or kept as it is."""
    with refused_well():
        check_kept(json_object(data))


def json_request(data: bytes) -> None:
    """A byte that chooses the kind of request, a line that is passed over, a body."""
    _, _, body = data[1:].partition(b"\n")
    kind = _KINDS[(data[0] if data else 0) % len(_KINDS)]
    with refused_well():
        message = message_of(json_object(body, name="request") if body.strip() else {}, kind)
        json_of(message, emit_defaults=True)
        try:
            again = kind.FromString(message.SerializeToString())
        except DecodeError:
            # JSON may be nested a little deeper than protobuf reads.
            return
        assert again == message


def compressed(data: bytes) -> None:
    """A byte that says in what pieces a gzip body comes, and the body."""
    piece = 1 + (data[0] if data else 0) * 7
    body = data[1:]
    request = Request(_SCOPE, _received(body, piece))
    try:
        whole = _LOOP.run_until_complete(_whole(request))
    except ServiceError as error:
        check_refusal(error)
    except HTTPException as error:
        raise AssertionError("no body of ours is late or of another encoding") from error
    else:
        assert len(whole) <= _LARGEST
        assert whole == _decompressed(body)


async def _whole(request: Request) -> bytes:
    async with body_of(request, BodyLimits(_LARGEST, 30.0, _BUDGET)) as body:
        return body


def _decompressed(body: bytes) -> bytes:
    try:
        return gzip.decompress(body) if body else b""
    except (EOFError, OSError, zlib.error) as error:
        raise AssertionError("gzip that Python does not read was taken") from error


def _received(body: bytes, piece: int) -> Any:
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]
    messages: Iterator[MutableMapping[str, Any]] = iter(
        {"type": "http.request", "body": part, "more_body": at < len(pieces)}
        for at, part in enumerate(pieces, 1)
    )

    async def receive() -> MutableMapping[str, Any]:
        return next(messages)

    return receive


_LOOP = asyncio.new_event_loop()
_SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "headers": [(b"content-encoding", b"gzip")],
}
_KINDS: tuple[type[Message], ...] = (
    event_pb2.EventRequest,
    event_pb2.EventQuery,
    event_pb2.EventStatQuery,
    webhook_pb2.CreateWebhookRequest,
    webhook_pb2.UpdateWebhookRequest,
    webhook_pb2.UpdateWebhookPluginRequest,
    webhook_pb2.WebhookQuery,
    webhook_pb2.WebhookStatQuery,
)

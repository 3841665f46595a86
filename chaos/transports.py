"""The two ways to deliver a body, with the status that came back."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Protocol

import grpc
from google.protobuf.json_format import ParseDict

from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from chaos.calls import Call, Group

UNAVAILABLE = "UNAVAILABLE"
CHANNEL_OPTIONS = (
    # A connection of its own for each client, over which a supervisor can spread them.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_reconnect_backoff_ms", 500),
)
HTTP_STATUSES = {
    200: "OK",
    429: "RESOURCE_EXHAUSTED",
    502: UNAVAILABLE,
    503: UNAVAILABLE,
    504: "DEADLINE_EXCEEDED",
}


class Transport(Protocol):
    """A connection of one client."""

    def deliver(self, call: Call | Group, seconds: float) -> str:
        """Send it once; the name of a gRPC status."""

    def close(self) -> None:
        """Let go of the connection."""


class GrpcTransport:
    """``Event.create``."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._stub = event_pb2_grpc.EventStub(self._channel)

    def deliver(self, call: Call | Group, seconds: float) -> str:
        """See Transport."""
        request = ParseDict(
            {
                "webhook_id": call.hook.webhook_id,
                "access_key": call.hook.access_key,
                "data": call.body,
            },
            event_pb2.CreateEventRequest(),
        )
        metadata = (("traceparent", call.traceparent),) if call.traceparent else ()
        try:
            self._stub.create(request, metadata=metadata, timeout=seconds)
        except grpc.RpcError as error:
            return str(error.code().name)
        return "OK"

    def close(self) -> None:
        """See Transport."""
        self._channel.close()


class HttpTransport:
    """The webhook's URL. A broken connection is UNAVAILABLE, no answer in time
    DEADLINE_EXCEEDED."""

    def __init__(self, address: str) -> None:
        self._address = address

    def deliver(self, call: Call | Group, seconds: float) -> str:
        """See Transport."""
        headers = {"X-Access-Key": call.hook.access_key, "Content-Type": "application/json"}
        if call.traceparent:
            headers["traceparent"] = call.traceparent
        path = f"/monitoring/v1/webhook/{call.hook.webhook_id}/events"
        connection = HTTPConnection(self._address, timeout=seconds)
        try:
            connection.request("POST", path, json.dumps(call.body).encode(), headers)
            response = connection.getresponse()
            response.read()
        except TimeoutError:
            return "DEADLINE_EXCEEDED"
        except (OSError, HTTPException):
            return UNAVAILABLE
        finally:
            connection.close()
        return HTTP_STATUSES.get(response.status, f"HTTP {response.status}")

    def close(self) -> None:
        """Each request has a connection of its own."""

"""The Event service of a running service, over gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click
import grpc

from event_service.cli.address import reachable
from event_service.cli.terminal import visible
from event_service.grpc_endpoint import open_plain_channel
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, event_pb2_grpc
from event_service.wire.struct import dict_to_struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

_OPTIONS: Final = (("grpc.max_receive_message_length", 256 * 1024 * 1024),)
_PASSING: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})


class Refused(click.ClickException):
    """The service answered with a status, or not at all; told in a line, exit 1.

    ``passing`` says that the same call may work later.
    """

    def __init__(self, address: str, fault: grpc.RpcError) -> None:
        status = fault.code()
        details = visible(fault.details() or "")
        if status is grpc.StatusCode.UNAVAILABLE and not details.startswith("ERROR_"):
            details = "nobody answers there"
        super().__init__(f"{address}: {status.name}: {details}")
        self.passing = status in _PASSING


class EventClient:
    """Calls of one service at ``host:port``; ``seconds`` is how long each may take."""

    def __init__(self, address: str, seconds: float = 30.0) -> None:
        self.address = reachable(address)
        self._seconds = seconds
        self._channel = open_plain_channel(self.address, _OPTIONS)
        self._stub = event_pb2_grpc.EventStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def create(self, webhook_id: str, access_key: str, data: Mapping[str, Any]) -> None:
        """Deliver a body to a webhook. Raises Refused."""
        request = event_pb2.CreateEventRequest(
            webhook_id=webhook_id, access_key=access_key, data=dict_to_struct(data)
        )
        try:
            self._stub.create(request, timeout=self._seconds)
        except grpc.RpcError as fault:
            raise Refused(self.address, fault) from None

    def list(
        self, query: event_pb2.EventQuery, metadata: Sequence[tuple[str, str]]
    ) -> event_pb2.EventsInfo:
        """Events that match. Raises Refused."""
        try:
            return self._stub.list(query, timeout=self._seconds, metadata=tuple(metadata))
        except grpc.RpcError as fault:
            raise Refused(self.address, fault) from None

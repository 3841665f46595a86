"""Speaks to plugins: ``spaceone.api.monitoring.plugin``, which is called here and never hosted.

Its service is called Event too, and clients know services by that name alone (CONTRACT 1.3).
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import grpc
from bson.raw_bson import RawBSONDocument
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct

from event_service.admission.no_room import no_room
from event_service.errors import InvalidParameter, TooLarge
from event_service.grpc_endpoint import open_channel
from event_service.lane import AllSlowFull, Lane, LaneFull
from event_service.lru_dict import LruDict
from event_service.metrics.deliveries import plugin_answered, plugin_skipped
from event_service.parsers.seam import MOST_RESULTS
from event_service.plugins.breaker import Breaker
from event_service.plugins.faults import PluginRefuses, PluginSilent, PluginUnreadable
from event_service.plugins.masking import masked
from event_service.plugins.results import raw_result
from event_service.plugins.told_failures import ToldFailures
from event_service.stored_keys import to_stored
from event_service.stubs.spaceone.api.monitoring.plugin import event_pb2, webhook_pb2
from event_service.tracing.spans import outgoing, span
from event_service.wire.struct import dict_to_struct, encoded_struct, struct_to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Request = (
        event_pb2.ParseRequest
        | webhook_pb2.WebhookInitRequest
        | webhook_pb2.WebhookPluginVerifyRequest
    )

MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_METADATA_BYTES: Final = 1024 * 1024
"""Metadata is kept with the webhook, and read with it for every event."""

_EVENT = event_pb2.DESCRIPTOR.services_by_name["Event"].full_name
_WEBHOOK = webhook_pb2.DESCRIPTOR.services_by_name["Webhook"].full_name

_OPTIONS: Final = (
    ("grpc.max_receive_message_length", MOST_BYTES),
    # A plugin that comes back is there for the breaker's next probe.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1000),
)
_IDLE_SECONDS: Final = 60.0
"""As long as a plugin is not called nobody needs its connection, and one that has moved away would
be looked for at its old place every second."""
_SILENT: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
    }
)
_CODE = re.compile(r"(ERROR_[A-Z][A-Z_]{0,63}):")
_UNCAUGHT: Final = "Exception calling application: "
"""What grpcio puts before an exception that a plugin let through."""
_MOST_MESSAGE: Final = 1_000
_MOST_CONNECTIONS: Final = 256

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Place:
    """A plugin at an endpoint, ``grpc://host:port`` or ``grpc+ssl://host:port``."""

    plugin_id: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class _Connection:
    channel: grpc.Channel
    breaker: Breaker
    lane: Lane


class PluginClient:
    """Calls plugins, each within ``seconds``, retry included. Safe for many threads.

    A call that finds nobody is sent once more. Who does not answer is left alone for a while
    (``breaker``, one for each plugin at an endpoint); an answer of any kind counts as one, so
    that a sender of bad bodies does not shut the plugin off for the others. Who is slow gets few
    calls at the same time (``lane``, one for each as well). Every method raises a PluginFault, or
    QuotaExceeded for one call too many.
    """

    def __init__(
        self,
        seconds: float = 5.0,
        new_breaker: Callable[[], Breaker] = Breaker,
        new_lane: Callable[[], Lane] = Lane,
        idle_seconds: float = _IDLE_SECONDS,
        told: ToldFailures | None = None,
    ) -> None:
        """``idle_seconds``, 1 at least: how long without a call until a connection is let go."""
        self._seconds = seconds
        self._options = (*_OPTIONS, ("grpc.client_idle_timeout_ms", int(idle_seconds * 1000)))
        self._told = told or ToldFailures()
        self._new_lane = new_lane
        self._new_breaker = new_breaker
        self._lock = threading.Lock()
        self._connections: LruDict[Place, _Connection] = LruDict(_MOST_CONNECTIONS)

    def init(self, place: Place, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """The metadata that the plugin gives for these options."""
        request = webhook_pb2.WebhookInitRequest(options=_struct(options))
        answer = self._call(
            place, _WEBHOOK, "init", request, webhook_pb2.WebhookPluginInfo.FromString
        )
        if answer.ByteSize() > _MOST_METADATA_BYTES:
            raise self._unreadable(place, "more than 1 MiB of metadata")
        try:
            return struct_to_dict(answer.metadata)
        except InvalidParameter:
            raise self._unreadable(place, "metadata that is no JSON") from None
        except TooLarge:
            raise self._unreadable(place, "metadata of too many members") from None

    def verify(self, place: Place, options: Mapping[str, Any]) -> None:
        """Raises PluginRefuses when the plugin finds that the options don't work."""
        request = webhook_pb2.WebhookPluginVerifyRequest(options=_struct(options))
        self._call(place, _WEBHOOK, "verify", request, bytes)

    def parse(
        self, place: Place, options: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Sequence[object]:
        """The raw results of a body, at most 1,000."""
        request = event_pb2.ParseRequest(options=_struct(options), data=_struct(body))
        answer = self._call(place, _EVENT, "parse", request, event_pb2.EventsInfo.FromString)
        if len(answer.results) > MOST_RESULTS:
            raise self._unreadable(place, f"more than {MOST_RESULTS} results")
        return [raw_result(info) for info in answer.results]

    def close(self) -> None:
        """Close the connections; no call may follow."""
        with self._lock:
            for connection in self._connections.values():
                connection.channel.close()

    def _call(
        self,
        place: Place,
        service: str,
        method: str,
        request: Request,
        read: Callable[[bytes], Read],
    ) -> Read:
        connection = self._connection(place)
        if not connection.breaker.admits():
            plugin_skipped()
            raise PluginSilent(place.plugin_id)
        name = f"{service}/{method}"
        try:
            with connection.lane.held():
                attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": method}
                with span(name, **attributes):
                    return self._send(place, connection, f"/{name}", request, read)
        except AllSlowFull as full:
            raise no_room("calls of slow plugins at the same time", full.most) from None
        except LaneFull as full:
            scope = f"calls of the plugin {place.plugin_id}, which is slow, at the same time"
            raise no_room(scope, full.most) from None

    def _send(
        self,
        place: Place,
        connection: _Connection,
        path: str,
        request: Request,
        read: Callable[[bytes], Read],
    ) -> Read:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = connection.channel.unary_unary(path)
        body = request.SerializeToString()
        began = monotonic()
        ends = began + self._seconds
        metadata = outgoing()
        try:
            try:
                answer = call(body, timeout=self._seconds, metadata=metadata)
            except grpc.RpcError as fault:
                if cast("grpc.Call", fault).code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                left = max(0.0, ends - monotonic())
                answer = call(body, timeout=left, metadata=metadata)
        except grpc.RpcError as fault:
            silent = cast("grpc.Call", fault).code() in _SILENT
            plugin_answered("failed" if silent else "refused", monotonic() - began)
            # Under no name: this frame, and the body in it, would hold what holds them.
            raise self._fault(
                place, connection, cast("grpc.Call", fault), request.options
            ) from None
        connection.breaker.succeeded()
        seconds = monotonic() - began
        # Read here and not by grpc, which would log what it can't read.
        try:
            told = read(answer)
        except DecodeError:
            plugin_answered("failed", seconds)
            raise self._unreadable(place, "what is no answer") from None
        plugin_answered("answered", seconds)
        return told

    def _fault(
        self, place: Place, connection: _Connection, fault: grpc.Call, options: Struct
    ) -> PluginSilent | PluginRefuses | PluginUnreadable:
        status = fault.code()
        self._told.tell(place.plugin_id, place.endpoint, status.name)
        if status in _SILENT:
            connection.breaker.failed()
            return PluginSilent(place.plugin_id)
        connection.breaker.succeeded()
        if status is grpc.StatusCode.RESOURCE_EXHAUSTED:
            return PluginUnreadable(
                place.plugin_id, f"with RESOURCE_EXHAUSTED, or more than {MOST_BYTES} bytes"
            )
        details = (fault.details() or "").removeprefix(_UNCAUGHT)
        code = _CODE.match(details)
        said = details.removeprefix(code[0]) if code else details
        message = masked(said.strip(), options)
        return PluginRefuses(
            place.plugin_id, status.name, code[1] if code else "", message[:_MOST_MESSAGE]
        )

    def _unreadable(self, place: Place, what: str) -> PluginUnreadable:
        self._told.tell(place.plugin_id, place.endpoint, f"OK, with {what}")
        return PluginUnreadable(place.plugin_id, what)

    def _connection(self, place: Place) -> _Connection:
        with self._lock:
            connection = self._connections.use(place)
            if connection is None:
                # What it puts out is not closed: a call may be under way. It goes with the last
                # reference to it.
                connection = self._connections[place] = _Connection(
                    open_channel(place.endpoint, self._options),
                    self._new_breaker(),
                    self._new_lane(),
                )
            return connection


def _struct(plain: Mapping[str, Any]) -> Struct:
    if isinstance(plain, RawBSONDocument):
        return Struct.FromString(encoded_struct(bytes(plain.raw)))
    # dict_to_struct reads the keys of the database; these are the sender's.
    return dict_to_struct(to_stored(plain))

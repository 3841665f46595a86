"""The gRPC edge of the service: bytes in, bytes out, and every fault an answer (CONTRACT 1.5).

This is the one place that decodes gRPC requests. It is a generic handler and no interceptor,
because grpcio decodes before interceptors see a call and answers an undecodable request with
INTERNAL, which what the caller got wrong must never be. (What gRPC's core can't read, a
``grpc-timeout`` that is none or damaged compression, never comes here.) For grpcio its methods take
a stream of requests, of which one is read: so it is ours how long that is waited for. Both ways
have a limit (CONTRACT 1.8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from google.protobuf.message import DecodeError

from event_service.errors import InvalidArgument, ServiceError, TooLarge
from event_service.servicer.doors import in_pool
from event_service.servicer.faults import answered
from event_service.under_way import Arrival, Transport
from event_service.wire.encoded import DAMAGED, content_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from google.protobuf.message import Message

    from event_service.admission.bounded_pool import BoundedPool
    from event_service.admission.byte_budget import ByteBudget
    from event_service.servicer.doors import Doors, Handler
    from event_service.servicer.invocation import Invoker
    from event_service.servicer.method import Method


class Edge(grpc.GenericRpcHandler):
    """Serves the given methods, and no others: deliveries, which need no token, and others."""

    def __init__(
        self,
        methods: Iterable[Method],
        invoker: Invoker,
        max_request_bytes: int,
        max_response_bytes: int,
        doors: Doors,
        budget: ByteBudget,
    ) -> None:
        self._invoker = invoker
        self._max_request_bytes = max_request_bytes
        self._max_response_bytes = max_response_bytes
        self._budget = budget
        self._slow_clients = doors.slow_clients
        deliveries, others = {}, {}
        for method in methods:
            if method.access is None:
                deliveries[method.path] = self._handler(method, doors.deliveries)
            else:
                others[method.path] = self._handler(method, doors.others)
        self._deliveries = doors.of(doors.deliveries, deliveries)
        self._others = doors.of(doors.others, others)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """The handler of a method (grpcio asks)."""
        delivery = self._deliveries.service(handler_call_details)
        return delivery or self._others.service(handler_call_details)

    def _handler(self, method: Method, pool: BoundedPool) -> Handler:
        def serve(requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            metadata = _text_metadata(context)
            arrival = Arrival(method.path, Transport.GRPC, metadata)
            try:
                return answered(arrival, lambda: self._answer(method, requests, metadata, context))
            except ServiceError as fault:
                context.abort(fault.status, fault.details)

        return grpc.stream_unary_rpc_method_handler(in_pool(pool, serve))

    def _answer(
        self,
        method: Method,
        requests: Iterator[bytes],
        metadata: Mapping[str, str],
        context: grpc.ServicerContext,
    ) -> bytes:
        body = self._slow_clients.only(requests, context)
        if len(body) > self._max_request_bytes:
            raise TooLarge("bytes of one request", self._max_request_bytes)
        with self._budget.share(len(body)):
            answer = self._invoker.invoke(
                method,
                metadata,
                context.time_remaining,
                lambda: _decoded(method, body),
                # grpcio ends a call when its deadline has passed, by a clock that nobody sets;
                # time_remaining would take a step of the clock for the end of the caller.
                lambda: not context.is_active(),
            )
            content = content_of(answer)
        if len(content) > self._max_response_bytes:
            raise TooLarge("bytes of one answer", self._max_response_bytes)
        return content


def _decoded(method: Method, body: bytes) -> Message:
    try:
        return method.request.FromString(body)
    except DecodeError:
        name = method.request.DESCRIPTOR.name
        raise InvalidArgument(f"The request is no valid {name}: {DAMAGED}.") from None


def _text_metadata(context: grpc.ServicerContext) -> Mapping[str, str]:
    return {
        key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)
    }

"""The methods of ``grpc.health.v1``, hosted so that no other call can silence them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from event_service.errors import InvalidArgument, ServiceError
from event_service.servicer.doors import in_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from event_service.admission.bounded_pool import BoundedPool
    from event_service.servicer.arrivals import Arrivals
    from event_service.servicer.doors import Door, Doors, Handler

    Send = Callable[[HealthCheckResponse | None], None]


class HealthMethods:
    """Check and Watch of a servicer, by a door of their own. Who watches holds no thread."""

    def __init__(self, servicer: health.HealthServicer) -> None:
        self._servicer = servicer
        self._lock = threading.Lock()
        self._watching: set[_Watch] = set()

    def door(self, doors: Doors) -> Door:
        """What is to be hosted."""

        def handlers(pool: BoundedPool) -> Mapping[str, Handler]:
            return self._handlers(pool, doors.arrivals_aside)

        return doors.aside("health", handlers)

    def end_watches(self) -> None:
        """End every Watch with OK."""
        with self._lock:
            watching = list(self._watching)
        for one in watching:
            one.send(None)

    def _handlers(self, pool: BoundedPool, arrivals: Arrivals) -> Mapping[str, Handler]:
        servicer = cast("Any", self._servicer)

        def check(requests: Iterator[bytes], context: grpc.ServicerContext) -> HealthCheckResponse:
            answer: HealthCheckResponse = servicer.Check(
                _request(arrivals, requests, context), context
            )
            return answer

        def watch(requests: Iterator[bytes], context: grpc.ServicerContext, send: Send) -> None:
            request = _request(arrivals, requests, context)
            one = _Watch(send)
            with self._lock:
                self._watching.add(one)
            if not context.add_callback(lambda: self._ended(one)):
                self._ended(one)
            servicer.Watch(request, context, one.send)

        # grpcio then hands out the means to answer, instead of a thread that waits for answers.
        watch.experimental_non_blocking = True  # type: ignore[attr-defined]
        serialise = HealthCheckResponse.SerializeToString
        return {
            f"/{health.SERVICE_NAME}/Check": grpc.stream_unary_rpc_method_handler(
                in_pool(pool, check), response_serializer=serialise
            ),
            f"/{health.SERVICE_NAME}/Watch": grpc.stream_stream_rpc_method_handler(
                cast("Any", in_pool(pool, watch)), response_serializer=serialise
            ),
        }

    def _ended(self, one: _Watch) -> None:
        with self._lock:
            self._watching.discard(one)


class _Watch:
    """The answers of one Watch; None is its end, which may be sent once only."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._ended = False

    def send(self, answer: HealthCheckResponse | None) -> None:
        with self._lock:
            if not self._ended:
                self._ended = answer is None
                self._send(answer)


def _request(
    arrivals: Arrivals, requests: Iterator[bytes], context: grpc.ServicerContext
) -> HealthCheckRequest:
    try:
        return HealthCheckRequest.FromString(arrivals.only(requests, context))
    except DecodeError:
        fault: ServiceError = InvalidArgument("The request is no valid HealthCheckRequest.")
    except ServiceError as error:
        fault = error
    return context.abort(fault.status, fault.details)

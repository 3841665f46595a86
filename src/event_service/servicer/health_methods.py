"""The methods of ``grpc.health.v1``, hosted so that no other call can silence them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from event_service.errors import InvalidArgument, NotFound, ServiceError
from event_service.servicer.doors import in_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from event_service.admission.bounded_pool import BoundedPool
    from event_service.servicer.arrivals import Arrivals
    from event_service.servicer.doors import Door, Doors, Handler

    Send: TypeAlias = Callable[[HealthCheckResponse | None], None]
    Status: TypeAlias = int

SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING


class HealthMethods:
    """Check and Watch, by a door of their own. Who watches holds no thread.

    Not grpcio's own servicer, which sends under the lock that its callbacks want: they run in the
    one thread that could end the sending.
    """

    def __init__(self, services: Iterable[str]) -> None:
        """Of the services, none of which is serving yet."""
        self._lock = threading.Lock()
        self._serving: dict[str, Status] = dict.fromkeys(services, NOT_SERVING)
        self._watching: dict[_Watch, str] = {}
        self._over = False

    def door(self, doors: Doors) -> Door:
        """What is to be hosted."""

        def handlers(pool: BoundedPool) -> Mapping[str, Handler]:
            return self._handlers(pool, doors.arrivals_aside)

        return doors.aside("health", handlers)

    def set(self, service: str, *, serving: bool) -> None:
        """Tell who watches, if that is news. Without effect after ``stop``."""
        with self._lock:
            if self._over:
                return
            self._serving[service] = SERVING if serving else NOT_SERVING
            watching = [one for one, watched in self._watching.items() if watched == service]
        for one in watching:
            one.tell()

    def stop(self) -> None:
        """Nothing is serving, for good; may be called again."""
        with self._lock:
            self._over = True
            self._serving = dict.fromkeys(self._serving, NOT_SERVING)
            watching = list(self._watching)
        for one in watching:
            one.tell()

    def end_watches(self) -> None:
        """End every Watch with OK."""
        with self._lock:
            watching = list(self._watching)
        for one in watching:
            one.end()

    def _status(self, service: str) -> Status | None:
        with self._lock:
            return self._serving.get(service)

    def _handlers(self, pool: BoundedPool, arrivals: Arrivals) -> Mapping[str, Handler]:
        def check(requests: Iterator[bytes], context: grpc.ServicerContext) -> HealthCheckResponse:
            service = _request(arrivals, requests, context).service
            status = self._status(service)
            if status is None:
                fault = NotFound("service", service)
                context.abort(fault.status, fault.details)
            return HealthCheckResponse(status=status)

        def watch(requests: Iterator[bytes], context: grpc.ServicerContext, send: Send) -> None:
            service = _request(arrivals, requests, context).service
            one = _Watch(lambda: self._status(service), send)
            with self._lock:
                self._watching[one] = service
            if not context.add_callback(lambda: self._forget(one)):
                self._forget(one)
            one.tell()

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

    def _forget(self, one: _Watch) -> None:
        # In grpcio's polling thread: nothing may be waited for that waits for it.
        with self._lock:
            self._watching.pop(one, None)


class _Watch:
    """One who watches: is told what holds now, whenever that is not what was told last."""

    def __init__(self, status: Callable[[], Status | None], send: Send) -> None:
        self._status = status
        self._send = send
        self._sending = threading.Lock()
        self._told: Status | None = None
        self._ended = False

    def tell(self) -> None:
        with self._sending:
            status = self._status()
            if status is None:
                status = HealthCheckResponse.SERVICE_UNKNOWN
            if not self._ended and status != self._told:
                self._told = status
                self._send(HealthCheckResponse(status=status))

    def end(self) -> None:
        """Send the end, which may be sent once only."""
        with self._sending:
            if not self._ended:
                self._ended = True
                self._send(None)


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

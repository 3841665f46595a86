"""The ways into the gRPC server: each has threads of its own, and a short queue.

Calls of our methods, health and reflection don't share threads: a database that holds all the
threads of the calls must not silence health, nor must clients that keep reflection open. Who
finds a queue full is told at once, by a thread that does nothing else.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import grpc

from event_service.admission.bounded_pool import BoundedPool
from event_service.admission.places import Places
from event_service.errors import ServiceError
from event_service.servicer.arrivals import Arrivals
from event_service.servicer.faults import answered
from event_service.under_way import Arrival, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
_Behaviour = TypeVar("_Behaviour", bound="Callable[..., Any]")

_ASIDE: Final = Places(threads=4, waiting_per_thread=64)
"""Health, and reflection: their calls last as long as it takes to read a message."""


class Door(grpc.GenericRpcHandler):
    """Hosts methods, by path, in the threads of a pool, and refuses calls when that is full.

    grpcio asks it for each call in its one polling thread, right before it submits the call.
    """

    def __init__(
        self, pool: BoundedPool, refusals: ThreadPoolExecutor, handlers: Mapping[str, Handler]
    ) -> None:
        self._pool = pool
        self._handlers = handlers
        self._refusals = {path: _refusal(path, pool.places, refusals) for path in handlers}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """The handler of a method (grpcio asks)."""
        method = handler_call_details.method
        if self._pool.full:
            return self._refusals.get(method)
        return self._handlers.get(method)


class Doors:
    """All of them, for one server."""

    def __init__(self, calls: Places, read_seconds: float) -> None:
        self.calls = BoundedPool(calls, "grpc")
        self.arrivals = Arrivals(read_seconds)
        self.arrivals_aside = Arrivals(read_seconds)
        self._aside: list[BoundedPool] = []
        self._refusals = ThreadPoolExecutor(1, thread_name_prefix="grpc-refusals")

    def main(self, handlers: Mapping[str, Handler]) -> Door:
        """For the calls that the server is for; ``calls`` must be the server's own pool."""
        return Door(self.calls, self._refusals, handlers)

    def aside(self, name: str, build: Callable[[BoundedPool], Mapping[str, Handler]]) -> Door:
        """For what must go on whatever the calls wait for.

        The behaviours of the handlers that ``build`` makes must be ``in_pool`` of what it gets.
        """
        pool = BoundedPool(_ASIDE, f"grpc-{name}")
        self._aside.append(pool)
        return Door(pool, self._refusals, build(pool))

    def start(self) -> None:
        """Begin; to be called before the server starts."""
        self.arrivals.start()
        self.arrivals_aside.start()

    def end_aside(self) -> None:
        """End what a client keeps open in case it asks again: no stop waits for that."""
        self.arrivals_aside.give_up()

    def close(self) -> None:
        """End what is idle; no call may be under way any longer, or its caller is gone."""
        self.arrivals.stop()
        self.arrivals_aside.stop()
        for pool in (self.calls, *self._aside, self._refusals):
            pool.shutdown(wait=False, cancel_futures=True)


def in_pool(pool: ThreadPoolExecutor, behaviour: _Behaviour) -> _Behaviour:
    """Have grpcio run a behaviour in that pool; it must be a function that nobody else has."""
    cast("Any", behaviour).experimental_thread_pool = pool
    return behaviour


def _refusal(path: str, places: Places, refusals: ThreadPoolExecutor) -> Handler:
    def told() -> bytes:
        raise places.none_left()

    def refuse(_: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        try:
            return answered(Arrival(path, Transport.GRPC, {}), told)
        except ServiceError as fault:
            context.abort(fault.status, fault.details)

    # Of a stream of requests none is waited for: the answer goes out before the body has come.
    return grpc.stream_unary_rpc_method_handler(in_pool(refusals, refuse))

"""The ways into the gRPC server: each has threads of its own, and a short queue.

Deliveries, all other calls of our methods, health and reflection don't share threads: queries that
take long must not keep alarms out, a database that holds all the threads of the calls must not
silence health, nor must clients that keep reflection open. A call that finds its queue full is
refused at once, by a thread that does nothing else. That thread writes a line of the log for each
call, so it has a queue too; when that is full, calls are refused without a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import grpc

from event_service.admission.bounded_pool import BoundedPool
from event_service.admission.places import Places
from event_service.errors import ServiceError
from event_service.servicer.at_once import AtOnce
from event_service.servicer.faults import answered
from event_service.servicer.slow_clients import SlowClients
from event_service.under_way import Arrival, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import ThreadPoolExecutor

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
_Behaviour = TypeVar("_Behaviour", bound="Callable[..., Any]")

_ASIDE: Final = Places(threads=4, waiting_per_thread=64)
"""Health, and reflection: their calls last as long as it takes to read a message."""

MOST_ASIDE_BYTES: Final = 64 * 1024
"""Of a request to them, which asks for a name: larger ones would be in memory beside the budget of
all requests, and one that watches health as long as it likes."""

_REFUSALS: Final = Places(threads=1, waiting_per_thread=511)


class Door(grpc.GenericRpcHandler):
    """Hosts methods, by path, in the threads of a pool, and refuses calls when that is full.

    grpcio asks it for each call in its one polling thread, right before it submits the call.
    """

    def __init__(
        self, pool: BoundedPool, refusals: Refusals, handlers: Mapping[str, Handler]
    ) -> None:
        self._pool = pool
        self._handlers = handlers
        self._refusals = {path: refusals.of(path, pool.places) for path in handlers}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """The handler of a method (grpcio asks)."""
        method = handler_call_details.method
        if not self._pool.full:
            return self._handlers.get(method)
        refusal = self._refusals.get(method)
        return None if refusal is None else refusal()


class Refusals:
    """Tell calls that there is no place for them.

    Not grpcio's ``maximum_concurrent_rpcs``: it would refuse health and reflection too, and in
    words without an error code.
    """

    def __init__(self) -> None:
        self._pool = BoundedPool(_REFUSALS, "grpc-refusals")
        self._at_once = AtOnce()

    def of(self, path: str, places: Places) -> Callable[[], Handler]:
        """What gives the handler of one call of a method that finds all of those places taken."""

        def told() -> bytes:
            raise places.none_left()

        def refuse(_: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            try:
                return answered(Arrival(path, Transport.GRPC, {}), told)
            except ServiceError as fault:
                context.abort(fault.status, fault.details)

        def refuse_at_once(_: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            # In grpcio's polling thread: it may not wait, as a line of the log may have to.
            fault = places.none_left()
            context.abort(fault.status, fault.details)

        # Of a stream of requests none is waited for: the answer goes out before the body has come.
        usual: Handler = grpc.stream_unary_rpc_method_handler(in_pool(self._pool, refuse))
        over: Handler = grpc.stream_unary_rpc_method_handler(in_pool(self._at_once, refuse_at_once))
        return lambda: over if self._pool.full else usual

    def close(self) -> None:
        """End the thread; no call may be under way any longer."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Doors:
    """All of them, for one server; the pool of each kind of ``calls`` has as many places."""

    def __init__(self, calls: Places, read_seconds: float, most_slow: int) -> None:
        """``most_slow`` is how many calls may long be waited for, of their clients' doing."""
        self.deliveries = BoundedPool(calls, "grpc")
        self.others = BoundedPool(calls, "grpc-others")
        self.slow_clients = SlowClients(read_seconds, most_slow)
        self.slow_clients_aside = SlowClients(read_seconds, _ASIDE.all)
        self._aside: list[BoundedPool] = []
        self._refusals = Refusals()

    def of(self, pool: BoundedPool, handlers: Mapping[str, Handler]) -> Door:
        """For calls whose behaviours are ``in_pool`` of that one."""
        return Door(pool, self._refusals, handlers)

    def aside(self, name: str, build: Callable[[BoundedPool], Mapping[str, Handler]]) -> Door:
        """For what must go on whatever the calls wait for.

        The behaviours of the handlers that ``build`` makes must be ``in_pool`` of what it gets.
        """
        pool = BoundedPool(_ASIDE, f"grpc-{name}")
        self._aside.append(pool)
        return self.of(pool, build(pool))

    def start(self) -> None:
        """Begin; to be called before the server starts."""
        self.slow_clients.start()
        self.slow_clients_aside.start()

    def end_aside(self) -> None:
        """End what a client keeps open in case it asks again: no stop waits for that."""
        self.slow_clients_aside.give_up()

    def close(self) -> None:
        """End what is idle; no call may be under way any longer, or its caller is gone."""
        self.slow_clients.stop()
        self.slow_clients_aside.stop()
        self._refusals.close()
        for pool in (self.deliveries, self.others, *self._aside):
            pool.shutdown(wait=False, cancel_futures=True)


def in_pool(pool: ThreadPoolExecutor, behaviour: _Behaviour) -> _Behaviour:
    """Have grpcio run a behaviour in that pool; it must be a function that nobody else has."""
    cast("Any", behaviour).experimental_thread_pool = pool
    return behaviour

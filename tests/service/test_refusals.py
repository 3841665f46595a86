"""Calls beyond what may wait: however many, each is told so, and none is kept to be told."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from queue import Queue
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from event_service.admission.places import Places
from event_service.servicer.doors import Doors, in_pool
from event_service.servicer.faults import answered
from event_service.servicer.health import HealthMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from event_service.servicer.doors import Handler
    from event_service.under_way import Arrival

METHOD = "/x.Y/z"
WAIT_SECONDS = 60
REFUSALS = 600
TOLD = (
    "ERROR_QUOTA_EXCEEDED: Quota exceeded. (scope = calls at the same time,"
    " limit = 1, retry_seconds = 1)"
)


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until then the thread that refuses gets no further than its first call."""
    event = threading.Event()

    def held(arrival: Arrival, work: Callable[[], bytes]) -> bytes:
        assert event.wait(WAIT_SECONDS)
        return answered(arrival, work)

    monkeypatch.setattr("event_service.servicer.doors.answered", held)
    yield event
    event.set()


def test_more_than_a_slow_log_lets_through_are_told_all_the_same(
    released: threading.Event,
) -> None:
    begun = threading.Event()

    def hold(_: Iterator[bytes], __: grpc.ServicerContext) -> bytes:
        begun.set()
        assert released.wait(WAIT_SECONDS)
        return b""

    doors = Doors(Places(1, 0), read_seconds=30, most_slow=8)
    health = HealthMonitor({}, {"": ()}, (ValueError,))
    server = grpc.server(doors.deliveries)
    handler: Handler = grpc.stream_unary_rpc_method_handler(in_pool(doors.deliveries, hold))
    server.add_generic_rpc_handlers((doors.of(doors.deliveries, {METHOD: handler}),))
    health.add_to(server, doors)
    port = server.add_insecure_port("127.0.0.1:0")
    ended: Queue[Any] = Queue()
    with ExitStack() as stack:
        doors.start()
        stack.callback(doors.close)
        server.start()
        stack.callback(lambda: server.stop(None).wait())
        channel = stack.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}"))
        call: Any = channel.unary_unary(METHOD)
        first = call.future(b"", timeout=WAIT_SECONDS)
        assert begun.wait(WAIT_SECONDS)
        for _ in range(REFUSALS):
            call.future(b"", timeout=WAIT_SECONDS).add_done_callback(ended.put)
        over = REFUSALS - 512
        answers = [ended.get(timeout=WAIT_SECONDS) for _ in range(over)]
        stub: Any = health_pb2_grpc.HealthStub(channel)
        stub.Check(health_pb2.HealthCheckRequest(), timeout=WAIT_SECONDS)
        assert ended.empty()
        released.set()
        answers += [ended.get(timeout=WAIT_SECONDS) for _ in range(REFUSALS - over)]
        assert {(one.code(), one.details()) for one in answers} == {
            (grpc.StatusCode.RESOURCE_EXHAUSTED, TOLD)
        }
        assert first.result(WAIT_SECONDS) == b""

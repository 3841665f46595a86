"""Who watches health and goes away never holds up who tells of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from event_service.admission.places import Places
from event_service.servicer.doors import MOST_ASIDE_BYTES, Doors
from event_service.servicer.health import HealthMonitor
from event_service.servicer.health_watches import MOST_WATCHES
from tests.eventually import eventually
from tests.service.windowless import RST_STREAM, Windowless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from structlog.typing import EventDict

WATCHERS = 8
STALLED = 8
ROUNDS = 40
WAIT_SECONDS = 60
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Store:
    """One that answers every other time, or as it is told."""

    def __init__(self) -> None:
        self.flips = True
        self.answers = True
        self.looks = 0

    def check(self) -> None:
        self.looks += 1
        if self.flips:
            self.answers = not self.answers
        if not self.answers:
            raise ValueError("no answer")


class Stand:
    """A server with health alone, and stubs of it."""

    def __init__(self, interval: float = 0.001) -> None:
        self.store = Store()
        doors = Doors(Places(1, 1), read_seconds=30, most_slow=8)
        self._doors = doors
        self.monitor = HealthMonitor(
            {"store": self.store.check}, {"": ("store",)}, (ValueError,), interval
        )
        self._server = grpc.server(doors.deliveries)
        self.monitor.add_to(self._server, doors)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._channels: list[grpc.Channel] = []

    def start(self) -> None:
        self._doors.start()
        self._server.start()
        self.monitor.start()

    def stub(self) -> Any:
        options = (("grpc.use_local_subchannel_pool", 1),)
        self._channels.append(grpc.insecure_channel(f"127.0.0.1:{self.port}", options))
        return health_pb2_grpc.HealthStub(self._channels[-1])

    def stop(self) -> None:
        self._server.stop(0)
        for channel in self._channels:
            channel.close()
        self._doors.close()


def ends(work: Callable[[], None]) -> bool:
    """Whether it comes to an end, in a thread that may be left behind."""
    working = threading.Thread(target=work, daemon=True)
    working.start()
    working.join(WAIT_SECONDS)
    return not working.is_alive()


def is_told(watch: Any) -> bool:
    """Whether a watch is told anything; it ends then."""
    try:
        next(watch)
    except grpc.RpcError:
        return False
    watch.cancel()
    return True


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()
    yield stand
    stand.stop()


def test_those_who_leave_while_it_is_told_hold_nothing_up(stand: Stand) -> None:
    stand.start()

    def watch_and_leave(_: int) -> None:
        stub = stand.stub()
        for _ in range(ROUNDS):
            watch = stub.Watch(health_pb2.HealthCheckRequest(), timeout=WAIT_SECONDS)
            next(watch)
            watch.cancel()

    with ThreadPoolExecutor(WATCHERS) as watchers:
        list(watchers.map(watch_and_leave, range(WATCHERS)))
    assert ends(stand.monitor.stop)


def test_why_a_store_does_not_answer_is_told_once(stand: Stand, log: list[EventDict]) -> None:
    stand.store.flips = stand.store.answers = False
    stand.start()
    looks = stand.store.looks
    eventually(lambda: stand.store.looks > looks + 2)
    (line,) = log
    assert line == {
        "event": "store",
        "store": "store",
        "answers": False,
        "fault": "ValueError: no answer",
        "log_level": "error",
    }
    stand.store.answers = True
    eventually(lambda: len(log) > 1)
    assert "fault" not in log[1]
    stand.monitor.stop()


def test_a_watcher_is_told_what_holds_and_each_change_of_it(stand: Stand) -> None:
    stand.store.flips = False
    stand.start()
    watch = stand.stub().Watch(health_pb2.HealthCheckRequest(), timeout=WAIT_SECONDS)
    assert next(watch).status == SERVING
    stand.store.answers = False
    assert next(watch).status == NOT_SERVING
    stand.store.answers = True
    assert next(watch).status == SERVING
    stand.monitor.stop()
    assert next(watch).status == NOT_SERVING
    stand.monitor.end_watches()
    assert list(watch) == []


def test_a_service_that_is_not_there(stand: Stand) -> None:
    stand.store.flips = False
    stand.start()
    stub = stand.stub()
    unknown = health_pb2.HealthCheckRequest(service="unknown")
    with pytest.raises(grpc.RpcError) as refused:
        stub.Check(unknown, timeout=WAIT_SECONDS)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    watch = stub.Watch(unknown, timeout=WAIT_SECONDS)
    assert next(watch).status == SERVICE_UNKNOWN
    watch.cancel()


@pytest.mark.parametrize("method", ["Check", "Watch"])
def test_a_name_that_is_none_is_not_kept(stand: Stand, method: str) -> None:
    stand.store.flips = False
    stand.start()
    long = health_pb2.HealthCheckRequest(service="x" * MOST_ASIDE_BYTES)
    call = getattr(stand.stub(), method)
    with pytest.raises(grpc.RpcError) as refused:
        list(call(long, timeout=WAIT_SECONDS))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert refused.value.details() == (
        "ERROR_QUOTA_EXCEEDED: Quota exceeded."
        f" (scope = bytes of one request, limit = {MOST_ASIDE_BYTES}, retry_seconds = 0)"
    )


def test_all_that_can_be_asked_for_is_listed(stand: Stand) -> None:
    stand.store.flips = False
    stand.start()
    stub = stand.stub()
    request = health_pb2.HealthListRequest()  # type: ignore[attr-defined]  # it is new
    listed = stub.List(request, timeout=WAIT_SECONDS).statuses
    assert {name: one.status for name, one in listed.items()} == {"": SERVING}
    stand.monitor.stop()
    listed = stub.List(request, timeout=WAIT_SECONDS).statuses
    assert {name: one.status for name, one in listed.items()} == {"": NOT_SERVING}


def test_those_who_let_nothing_come_hold_nothing_but_their_own_watch(stand: Stand) -> None:
    stand.store.flips = False
    stand.start()
    request = health_pb2.HealthCheckRequest()
    with Windowless(stand.port) as client:
        streams = [client.watch() for _ in range(STALLED)]
        assert stand.stub().Check(request, timeout=WAIT_SECONDS).status == SERVING
        other = stand.stub().Watch(request, timeout=WAIT_SECONDS)
        assert next(other).status == SERVING
        stand.store.answers = False
        assert next(other).status == NOT_SERVING
        assert ends(stand.monitor.stop)
        assert ends(stand.monitor.end_watches)
        assert list(other) == []
        client.wait_for(RST_STREAM, streams[-1])


def test_those_who_are_too_many_are_told_at_once(stand: Stand) -> None:
    stand.store.flips = False
    stand.start()
    stub = stand.stub()

    def watch() -> Any:
        return stub.Watch(health_pb2.HealthCheckRequest(), timeout=WAIT_SECONDS)

    watches = [watch() for _ in range(MOST_WATCHES)]
    for one in watches:
        assert next(one).status == SERVING
    with pytest.raises(grpc.RpcError) as refused:
        next(watch())
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert refused.value.details() == (
        "ERROR_QUOTA_EXCEEDED: Quota exceeded. (scope = watches of health at the same time,"
        f" limit = {MOST_WATCHES}, retry_seconds = 1)"
    )
    assert stub.Check(health_pb2.HealthCheckRequest(), timeout=WAIT_SECONDS).status == SERVING
    for one in watches:
        one.cancel()
    while not is_told(watch()):
        continue  # until the server has taken notice of those who left

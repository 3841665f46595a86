"""Answers that are kept, and for how long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Semaphore

import pytest

from event_service.errors import Unavailable
from event_service.lane import Lane
from event_service.loading_cache import Lifetimes, LoadingCache
from tests.clock import Clock


@dataclass
class Source:
    """Answers with what it holds, and counts; ``down`` makes it fail."""

    answers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    def __call__(self, key: str) -> str | None:
        self.asked.append(key)
        if self.down:
            raise Unavailable("down")
        return self.answers.get(key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> Source:
    return Source({"a": "1"})


@pytest.fixture
def cache(source: Source, clock: Clock) -> LoadingCache[str, str]:
    return LoadingCache(source, Lifetimes(), clock)


def test_an_answer_is_kept_for_its_time(
    cache: LoadingCache[str, str], source: Source, clock: Clock
) -> None:
    assert cache.get("a") == "1"
    source.answers["a"] = "2"
    clock.advance(599.9)
    assert cache.get("a") == "1"
    assert len(source.asked) == 1
    clock.advance(0.1)
    assert cache.get("a") == "2"


def test_that_there_is_none_is_kept_briefly(
    cache: LoadingCache[str, str], source: Source, clock: Clock
) -> None:
    assert cache.get("b") is None
    source.answers["b"] = "2"
    clock.advance(9.9)
    assert cache.get("b") is None
    assert cache.renew("b") is None
    assert source.asked == ["b"]
    clock.advance(0.1)
    assert cache.get("b") == "2"


def test_renewing_is_done_once_in_a_while(
    cache: LoadingCache[str, str], source: Source, clock: Clock
) -> None:
    assert cache.renew("a") == "1"
    source.answers["a"] = "2"
    clock.advance(9.9)
    assert cache.renew("a") == "1"
    assert len(source.asked) == 1
    clock.advance(0.1)
    assert cache.renew("a") == "2"
    assert cache.get("a") == "2"
    assert len(source.asked) == 2


def test_what_is_gone_is_gone(cache: LoadingCache[str, str], source: Source, clock: Clock) -> None:
    assert cache.get("a") == "1"
    del source.answers["a"]
    clock.advance(600)
    assert cache.get("a") is None
    source.down = True
    assert cache.get("a") is None
    clock.advance(10)
    with pytest.raises(Unavailable):
        cache.get("a")


def test_an_old_answer_serves_while_no_newer_can_be_had(
    cache: LoadingCache[str, str], source: Source, clock: Clock
) -> None:
    assert cache.get("a") == "1"
    source.down = True
    clock.advance(600)
    assert cache.get("a") == "1"
    assert len(source.asked) == 2
    clock.advance(9.9)
    assert cache.get("a") == "1"
    assert len(source.asked) == 2
    clock.advance(0.1)
    assert cache.get("a") == "1"
    assert len(source.asked) == 3
    clock.advance(2989.9)
    assert cache.get("a") == "1"
    clock.advance(0.1)
    with pytest.raises(Unavailable):
        cache.get("a")
    source.down = False
    clock.advance(2)
    assert cache.get("a") == "1"


def test_renewing_that_fails_leaves_the_answer_in_force(
    cache: LoadingCache[str, str], source: Source, clock: Clock
) -> None:
    assert cache.get("a") == "1"
    source.down = True
    clock.advance(100)
    assert cache.renew("a") == "1"
    assert cache.renew("a") == "1"
    assert len(source.asked) == 2
    clock.advance(499)
    assert cache.get("a") == "1"
    assert len(source.asked) == 2


@pytest.mark.parametrize("method", ["get", "renew"])
def test_a_failure_is_remembered_for_a_moment(
    cache: LoadingCache[str, str], source: Source, clock: Clock, method: str
) -> None:
    source.down = True
    for _ in range(3):
        with pytest.raises(Unavailable, match="down"):
            cache.get("a")
        with pytest.raises(Unavailable, match="down"):
            cache.renew("a")
    assert len(source.asked) == 1
    source.down = False
    clock.advance(2)
    assert getattr(cache, method)("a") == "1"


def test_it_is_bounded_and_keeps_what_is_used(source: Source, clock: Clock) -> None:
    cache = LoadingCache(source, Lifetimes(capacity=3), clock)
    source.answers |= dict.fromkeys("abcd", "1")
    for key in "abcad":
        assert cache.get(key) == "1"
    assert len(cache) == 3
    source.asked.clear()
    assert [cache.get(key) for key in "acd"] == ["1"] * 3
    assert source.asked == []
    cache.get("b")
    assert source.asked == ["b"]


def test_ten_thousand_tenants_have_room_by_default(clock: Clock) -> None:
    tenants = [f"domain-{number}" for number in range(10_000)]
    source = Source(dict.fromkeys(tenants, "1"))
    cache = LoadingCache(source, clock=clock)
    for _ in range(2):
        assert [cache.get(tenant) for tenant in tenants] == ["1"] * 10_000
    assert source.asked == tenants


def test_made_up_keys_do_not_push_real_ones_out(source: Source, clock: Clock) -> None:
    cache = LoadingCache(source, Lifetimes(capacity=3), clock)
    assert cache.get("a") == "1"
    for number in range(10):
        assert cache.get(f"made-up-{number}") is None
    assert len(cache) == 4
    source.asked.clear()
    assert cache.get("a") == "1"
    assert source.asked == []


class Crowd:
    """A clock that counts who has looked at it, and a source that waits to be let go."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.arrivals = Semaphore(0)
        self.go = Event()
        self.asked: list[str] = []
        self.now = 1000.0
        self.fault = fault

    def __call__(self) -> float:
        self.arrivals.release()
        return self.now

    def load(self, key: str) -> str | None:
        self.asked.append(key)
        assert self.go.wait(30)
        if self.fault is not None:
            raise self.fault
        return key.upper()


@pytest.mark.parametrize("method", ["get", "renew"])
def test_many_threads_ask_once(method: str) -> None:
    crowd = Crowd()
    cache = LoadingCache(crowd.load, Lifetimes(), crowd, Lane(16))
    with ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(getattr(cache, method), "a") for _ in range(16)]
        for _ in waiting:
            assert crowd.arrivals.acquire(timeout=30)
        crowd.go.set()
        assert {future.result(30) for future in waiting} == {"A"}
    assert crowd.asked == ["a"]


@pytest.mark.parametrize("fault", [Unavailable("down"), RuntimeError("broken")])
def test_a_failure_reaches_everyone_who_waits(fault: Exception) -> None:
    crowd = Crowd(fault)
    cache = LoadingCache(crowd.load, Lifetimes(), crowd)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(cache.get, "a") for _ in range(8)]
        for _ in range(8):
            assert crowd.arrivals.acquire(timeout=30)
        crowd.go.set()
        for future in waiting:
            with pytest.raises(type(fault), match=str(fault)):
                future.result(30)
    # Nobody is stuck behind the one that failed.
    crowd.now += 100
    with pytest.raises(type(fault)):
        cache.get("a")
    assert crowd.asked == ["a", "a"]


def test_what_is_slow_to_come_is_waited_for_by_few() -> None:
    crowd = Crowd()
    crowd.go.set()
    cache = LoadingCache(crowd.load, Lifetimes(), crowd, Lane(2, clock=crowd))
    assert cache.get("old") == "OLD"
    crowd.now += 10
    crowd.go.clear()
    crowd.arrivals = Semaphore(0)
    with ThreadPoolExecutor(6) as pool:
        waiting = [
            pool.submit(ask, key)
            for ask, key in ((cache.get, "new"), (cache.renew, "old"))
            for _ in range(3)
        ]
        for _ in range(10):  # the clock is looked at by each, and by who waits for another again
            assert crowd.arrivals.acquire(timeout=30)
        crowd.now += 1.1
        with pytest.raises(Unavailable, match="slow"):
            cache.get("new")
        assert cache.renew("old") == "OLD"
        assert not any(future.done() for future in waiting)
        crowd.go.set()
        assert {future.result(30) for future in waiting} == {"NEW", "OLD"}
    assert sorted(crowd.asked) == ["new", "old", "old"]


def test_keys_do_not_wait_for_each_other() -> None:
    held = Event()

    def load(key: str) -> str | None:
        if key == "slow":
            assert held.wait(30)
        return key

    cache = LoadingCache(load)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(cache.get, "slow")
        assert cache.get("quick") == "quick"
        held.set()
        assert slow.result(30) == "slow"


def test_an_old_answer_serves_while_a_newer_one_is_fetched(clock: Clock) -> None:
    asked, go = Event(), Event()

    def load(key: str) -> str | None:
        if clock.now > 1000:
            asked.set()
            assert go.wait(30)
        return f"{key} at {clock.now:.0f}"

    cache = LoadingCache(load, Lifetimes(), clock)
    assert cache.get("a") == "a at 1000"
    clock.advance(600)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cache.get, "a")
        assert asked.wait(30)
        assert cache.get("a") == "a at 1000"
        go.set()
        assert first.result(30) == "a at 1600"
    assert cache.get("a") == "a at 1600"


def test_an_answer_that_is_too_old_serves_nobody_while_a_newer_one_is_fetched() -> None:
    crowd = Crowd()
    cache = LoadingCache(crowd.load, Lifetimes(), crowd)
    crowd.go.set()
    assert cache.get("a") == "A"
    crowd.go.clear()
    crowd.arrivals = Semaphore(0)
    crowd.now += 3600
    crowd.fault = Unavailable("down")
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(cache.get, "a") for _ in range(8)]
        for _ in waiting:
            assert crowd.arrivals.acquire(timeout=30)
        crowd.go.set()
        for future in waiting:
            with pytest.raises(Unavailable, match="down"):
                future.result(30)

"""A breaker over time, by a clock of the test's own."""

from __future__ import annotations

import pytest

from event_service.plugins.breaker import Breaker
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(5, 10.0, clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()


def test_opens_after_the_failures(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    assert not breaker.admits()
    clock.now += 9.9
    assert not breaker.admits()


def test_only_failures_in_a_row_count(breaker: Breaker) -> None:
    fail(breaker, 4)
    assert breaker.admits()
    breaker.succeeded()
    fail(breaker, 4)
    assert breaker.admits()


def test_one_probe_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 10
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.admits()
    fail(breaker, 4)
    assert breaker.admits()


def test_a_probe_that_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 10
    assert breaker.admits()
    clock.now += 5
    breaker.failed()
    clock.now += 9.9
    assert not breaker.admits()
    clock.now += 0.1
    assert breaker.admits()


def test_a_probe_that_is_never_heard_of_is_followed_by_another(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 5)
    clock.now += 10
    assert breaker.admits()
    clock.now += 9.9
    assert not breaker.admits()
    clock.now += 0.1
    assert breaker.admits()


def test_calls_that_were_under_way_keep_it_open(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 8
    breaker.failed()
    clock.now += 9
    assert not breaker.admits()

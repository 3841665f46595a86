from __future__ import annotations

from contextlib import ExitStack
from threading import Semaphore

import pytest

from event_service.lane import Lane, LaneFull
from tests.clock import Clock

FEW = 2


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lane(clock: Clock) -> Lane:
    return Lane(FEW, clock=clock)


def test_who_is_quick_gets_any_number(lane: Lane) -> None:
    with ExitStack() as calls:
        for _ in range(10 * FEW):
            calls.enter_context(lane.held())


def test_who_was_slow_gets_few_until_an_answer_is_quick(lane: Lane, clock: Clock) -> None:
    with lane.held():
        clock.now += 1.1
    with lane.held():
        with lane.held(), pytest.raises(LaneFull):
            lane.held().__enter__()
        with lane.held(), lane.held():
            pass


def test_few_that_wait_long_are_enough_whoever_else_is_quick(lane: Lane, clock: Clock) -> None:
    with lane.held():
        clock.now += 1.1
        with lane.held(), lane.held():
            pass
        with lane.held():
            clock.now += 1.1
            with pytest.raises(LaneFull):
                lane.held().__enter__()


def _fail_slowly(lane: Lane, clock: Clock) -> None:
    with lane.held():
        clock.now += 5
        raise KeyError


def test_a_call_that_fails_is_one_that_has_ended(lane: Lane, clock: Clock) -> None:
    for _ in range(2 * FEW):
        with pytest.raises(KeyError):
            _fail_slowly(lane, clock)


def test_slow_ones_get_few_together_and_quick_ones_are_not_counted(clock: Clock) -> None:
    all_slow = Semaphore(FEW)
    slow, slow_too, quick = (Lane(FEW, all_slow, clock) for _ in range(3))
    with slow.held(), slow_too.held():
        clock.now += 1.1
    with slow.held(), slow_too.held():
        with quick.held(), pytest.raises(LaneFull):
            slow.held().__enter__()
        with quick.held(), quick.held(), quick.held():
            pass
    with slow.held(), slow.held():
        pass

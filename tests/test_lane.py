from __future__ import annotations

from contextlib import ExitStack

import pytest

from event_service.lane import AllSlowFull, Lane, LaneFull, lanes_for
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


def test_of_the_threads_a_slow_one_gets_a_quarter_and_all_slow_ones_half(clock: Clock) -> None:
    new_lane = lanes_for(8, clock)
    slow, slow_too, slow_as_well, quick = (new_lane() for _ in range(4))
    with slow.held(), slow_too.held(), slow_as_well.held():
        clock.now += 1.1
    with slow.held(), slow.held(), slow_too.held():
        with pytest.raises(LaneFull) as full:
            slow.held().__enter__()
        assert (type(full.value), full.value.most) == (LaneFull, 2)
        with slow_too.held(), pytest.raises(AllSlowFull) as all_full:
            slow_as_well.held().__enter__()
        assert all_full.value.most == 4
        with ExitStack() as calls:
            for _ in range(10):
                calls.enter_context(quick.held())


def test_few_threads_are_enough_for_one_call_of_a_slow_one(clock: Clock) -> None:
    lane = lanes_for(1, clock)()
    with lane.held():
        clock.now += 1.1
    with lane.held():
        pass

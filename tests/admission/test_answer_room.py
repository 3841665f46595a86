"""Lists of ordinary size never wait; large ones do, until others are made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest

from event_service.admission.answer_room import AnswerRoom
from event_service.errors import QuotaExceeded, TooLarge

MOST = 8_000
LONG = 30.0


@pytest.fixture
def room() -> AnswerRoom:
    return AnswerRoom(LONG, MOST)


def _make(room: AnswerRoom, kind: str, took: int, seconds: float | None = None) -> None:
    with room.share(kind, seconds) as told:
        told(took)


def _fit(room: AnswerRoom, kind: str) -> int:
    """How many lists of the kind find room at the same time."""
    with ExitStack() as shares:
        for number in range(10 * MOST):
            try:
                shares.enter_context(room.share(kind, 0))
            except QuotaExceeded:
                return number
    raise AssertionError("no bound")


def test_as_many_find_room_as_the_last_ones_took(room: AnswerRoom) -> None:
    _make(room, "small", 10)
    assert _fit(room, "small") == MOST // 10
    assert _fit(room, "small") == MOST // 10, "all of it was given back"


def test_of_an_unknown_kind_few_are_made_at_first(room: AnswerRoom) -> None:
    assert _fit(room, "new") == 16


def test_what_is_expected_follows_what_was_taken(room: AnswerRoom) -> None:
    _make(room, "a", 8)
    for _ in range(40):
        _make(room, "a", 2_000)
    assert _fit(room, "a") == MOST // 2_000
    assert _fit(room, "b") == 16, "each kind for itself"


def test_two_that_are_larger_than_all_room_are_made_at_the_same_time(room: AnswerRoom) -> None:
    _make(room, "huge", 100 * MOST)
    assert _fit(room, "huge") == 2


def test_one_that_is_larger_than_an_answer_may_be_is_learnt_from_too(room: AnswerRoom) -> None:
    with pytest.raises(TooLarge), room.share("huge", None):
        raise TooLarge("bytes of one answer", MOST)
    assert _fit(room, "huge") == 2


def test_one_waits_until_another_is_made_or_has_failed(room: AnswerRoom) -> None:
    _make(room, "huge", MOST)
    made, began = Event(), Event()

    def hold(error: Exception | None) -> None:
        with room.share("huge", None):
            began.set()
            made.wait(LONG)
            if error is not None:
                raise error

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(hold, None)
        second = threads.submit(hold, KeyError("x"))
        assert began.wait(LONG)
        third = threads.submit(_make, room, "huge", MOST)
        made.set()
        first.result(LONG)
        third.result(LONG)
        assert isinstance(second.exception(LONG), KeyError)
    assert _fit(room, "huge") == 2


def test_the_refusal_names_the_bound(room: AnswerRoom) -> None:
    _make(room, "huge", MOST)
    with room.share("huge", None), room.share("huge", None), pytest.raises(QuotaExceeded) as told:
        _make(room, "huge", MOST, seconds=-1.0)
    assert "bytes of lists at the same time, limit = 8000" in told.value.details


def test_kinds_are_forgotten_those_made_longest_ago_first(room: AnswerRoom) -> None:
    _make(room, "old", 10)
    for number in range(999):
        _make(room, f"{number}", 10)
    assert _fit(room, "old") == MOST // 10
    _make(room, "one more", 10)
    assert _fit(room, "old") == 16

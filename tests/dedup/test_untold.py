"""What Redis was not told is remembered, and no more of it than there is room for."""

from __future__ import annotations

from event_service.dedup.untold import UntoldKeys


def test_those_asked_for_are_taken_once_and_some_others_with_them() -> None:
    untold = UntoldKeys()
    untold.add(str(number) for number in range(1_500))
    first = untold.take(["7", "7", "of nobody"])
    assert (first[0], len(first)) == ("7", 1_000)
    assert len(set(first + untold.take(["7"]))) == 1_500
    assert untold.take(["7"]) == []


def test_the_oldest_are_given_up() -> None:
    untold = UntoldKeys(most=3)
    untold.add("abcde")
    assert set(untold.take(())) == set("cde")

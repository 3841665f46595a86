"""The ids that a process remembers: the last ones, and not more than it may."""

from __future__ import annotations

from event_service.manager.recent_ids import RecentIds


def test_the_last_half_is_always_remembered_and_never_more_than_all() -> None:
    recent = RecentIds(most=10)
    for number in range(100):
        recent.add([f"event-{number}"])
        assert all(f"event-{each}" in recent for each in range(max(0, number - 4), number + 1))
        assert len(recent) <= 10
    assert "event-0" not in recent
    assert "event-89" not in recent


def test_many_at_once_are_bounded_too() -> None:
    recent = RecentIds(most=10)
    recent.add(f"event-{number}" for number in range(1_000))
    assert len(recent) <= 10
    assert "event-999" in recent
    assert "event-0" not in recent


def test_what_is_forgotten_is_not_remembered_in_either_half() -> None:
    recent = RecentIds(most=4)
    recent.add(["event-1", "event-2"])
    recent.add(["event-3", "event-1"])
    recent.forget(["event-1", "event-9"])
    assert "event-1" not in recent
    assert "event-2" in recent
    assert "event-3" in recent

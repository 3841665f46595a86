"""The ids that a process remembers: the last ones, in as much memory as it has from the start."""

from __future__ import annotations

import tracemalloc

from event_service.manager.recent_ids import RecentIds

MANY = 20_000


def ids(many: int) -> list[str]:
    return [f"event-{number:012x}" for number in range(many)]


def test_of_those_that_came_last_nearly_all_are_remembered() -> None:
    recent = RecentIds()
    recent.add(ids(10 * MANY))
    assert sum(one in recent for one in ids(10 * MANY)[-MANY:]) > 0.8 * MANY
    assert ids(10 * MANY)[-1] in recent


def test_nothing_is_remembered_that_was_not_added() -> None:
    recent = RecentIds()
    recent.add(ids(MANY))
    assert not any(one in recent for one in ids(2 * MANY)[MANY:])


def test_what_comes_later_takes_the_place_of_what_came_before() -> None:
    recent = RecentIds(places=1)
    recent.add(["event-1", "event-2"])
    assert "event-1" not in recent
    assert "event-2" in recent
    recent.forget(["event-1"])
    assert "event-2" in recent


def test_what_is_forgotten_is_not_remembered() -> None:
    recent = RecentIds()
    recent.add(["event-1", "event-2"])
    recent.forget(["event-1", "event-9"])
    assert "event-1" not in recent
    assert "event-2" in recent


def test_it_needs_no_more_memory_for_more_ids() -> None:
    recent, added = RecentIds(), ids(MANY)
    tracemalloc.start()
    try:
        recent.add(added)
        assert tracemalloc.get_traced_memory()[0] < MANY
    finally:
        tracemalloc.stop()

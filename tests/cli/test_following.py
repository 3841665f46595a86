"""Events are shown once each, also when they are seen late, many or at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from event_service.cli.following import Followed
from event_service.instants import format_instant, parse_iso
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import (
    EventInfo,
    EventQuery,
    EventsInfo,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

NOON = datetime(2024, 3, 1, 12)  # noqa: DTZ001 - instants are naive and UTC


class Recorded:
    """As much of a service as following asks for."""

    def __init__(self) -> None:
        self.events: list[EventInfo] = []
        self.asked: list[EventQuery] = []

    def add(self, name: str, seconds: float) -> None:
        at = format_instant(NOON + timedelta(seconds=seconds))
        self.events.append(EventInfo(event_id=name, created_at=at))

    def __call__(self, asked: EventQuery) -> EventsInfo:
        self.asked.append(asked)
        query = asked.query
        since = [each.v.string_value for each in query.filter if each.o == "datetime_gte"]
        found = [
            event
            for event in self.events
            if all(parse_iso(event.created_at) >= parse_iso(each) for each in since)
        ]
        found.sort(key=lambda event: (event.created_at, event.event_id), reverse=query.sort[0].desc)
        start = max(query.page.start, 1) - 1
        return EventsInfo(results=found[start : start + query.page.limit], total_count=len(found))


def names(events: Iterable[EventInfo]) -> list[str]:
    return [event.event_id for event in events]


def test_the_newest_come_last_and_no_more_than_were_asked_for() -> None:
    recorded = Recorded()
    for number in range(5):
        recorded.add(f"e{number}", number)
    followed = Followed(recorded, EventQuery())
    assert names(followed.newest(2)) == ["e3", "e4"]
    assert followed.total == 5
    assert names(followed.news()) == []


def test_new_ones_come_once() -> None:
    recorded = Recorded()
    followed = Followed(recorded, EventQuery())
    assert names(followed.newest(10)) == []
    recorded.add("a", 0)
    assert names(followed.news()) == ["a"]
    recorded.add("b", 1)
    recorded.add("c", 2)
    assert names(followed.news()) == ["b", "c"]
    recorded.add("d", 300)
    assert names(followed.news()) == ["d"]
    assert names(followed.news()) == []


def test_one_that_is_seen_late_is_not_lost() -> None:
    recorded = Recorded()
    recorded.add("a", 10)
    recorded.add("b", 20)
    followed = Followed(recorded, EventQuery())
    assert names(followed.newest(2)) == ["a", "b"]
    recorded.add("between", 15)
    assert names(followed.news()) == ["between"]
    assert names(followed.news()) == []


def test_of_one_instant_the_limit_leaves_out_for_good() -> None:
    recorded = Recorded()
    for number in range(4):
        recorded.add(f"e{number}", 0)
    followed = Followed(recorded, EventQuery())
    assert names(followed.newest(1)) == ["e3"]
    assert names(followed.news()) == []


def test_more_than_a_page_at_once() -> None:
    recorded = Recorded()
    recorded.add("first", 0)
    followed = Followed(recorded, EventQuery())
    followed.newest(10)
    for number in range(450):
        recorded.add(f"e{number:03}", 1)
    assert names(followed.news()) == [f"e{number:03}" for number in range(450)]
    assert names(followed.news()) == []


def test_the_filters_that_were_asked_for_stay() -> None:
    recorded = Recorded()
    asked = EventQuery(workspace_id="w")
    asked.query.filter.add(k="severity", o="in")
    followed = Followed(recorded, asked, ("event_id", "created_at"))
    recorded.add("a", 0)
    followed.newest(1)
    followed.news()
    assert {query.workspace_id for query in recorded.asked} == {"w"}
    assert all(query.query.filter[0].k == "severity" for query in recorded.asked)
    assert all("created_at" in query.query.only for query in recorded.asked)
    assert len(asked.query.filter) == 1

"""The recoveries of a group that Redis knows nothing of: each has what it would have alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.manager.delivery import SENT_AGAIN
from tests.metrics.scraping import own_scrape

if TYPE_CHECKING:
    from collections.abc import Sequence

    import redis

    from tests.manager.crowd import Crowd

KEYS = ("a", "b", "c")


def group(kind: str, keys: Sequence[str] = KEYS) -> dict[str, Any]:
    return {"results": [{"event_key": key, "title": key, "event_type": kind} for key in keys]}


def outcomes(crowd: Crowd, alarm: dict[str, Any]) -> list[str]:
    return [str(one) for one in crowd.first.events.create(crowd.request(alarm)).outcomes]


def decided_by_the_database() -> float:
    return own_scrape().value("event_service_dedup_answers_total", origin="database")


def states(crowd: Crowd) -> dict[str, str]:
    return {one["event_key"]: one["state"] for one in crowd.database["alert"].find()}


def test_those_that_are_open_end(crowd: Crowd, redis_client: redis.Redis) -> None:
    crowd.deliver(alarm=group("ALERT", ["b"]))
    redis_client.flushdb()
    assert outcomes(crowd, group("RECOVERY")) == ["dropped", "recorded", "dropped"]
    assert states(crowd) == {"b": "RESOLVED"}


def test_those_that_have_ended_are_dropped(crowd: Crowd) -> None:
    crowd.deliver(alarm=group("ALERT"))
    assert outcomes(crowd, group("RECOVERY")) == ["recorded"] * 3
    before = decided_by_the_database()
    assert outcomes(crowd, group("RECOVERY")) == ["dropped"] * 3
    assert decided_by_the_database() == before + 3


@pytest.mark.parametrize(
    ("later", "outcome"), [(timedelta(seconds=1), "recorded"), (SENT_AGAIN, "dropped")]
)
def test_one_that_was_never_recorded_is_so_when_it_is_sent_again(
    crowd: Crowd, later: timedelta, outcome: str
) -> None:
    crowd.deliver(alarm=group("ALERT"))
    crowd.deliver(alarm=group("RECOVERY"))
    crowd.database["event"].delete_one({"event_key": "c", "event_type": "RECOVERY"})
    crowd.now.at += later
    # Of another process: this one remembers what it has recorded.
    crowd.first = crowd.process()
    assert outcomes(crowd, group("RECOVERY")) == ["dropped", "dropped", outcome]


def test_of_what_another_program_has_left_there(crowd: Crowd) -> None:
    crowd.deliver(alarm=group("ALERT"))
    crowd.deliver(alarm=group("RECOVERY"))
    alerts = crowd.database["alert"]
    alerts.update_one({"event_key": "a"}, [{"$set": {"dedup_key": ["$dedup_key"]}}])
    alerts.update_one({"event_key": "b"}, {"$set": {"recovery_event_id": 7}})
    alerts.update_one({"event_key": "c"}, {"$unset": {"alert_id": 1}, "$set": {"resolved_at": "x"}})
    assert outcomes(crowd, group("RECOVERY")) == ["dropped"] * 3

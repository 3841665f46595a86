"""A group that comes while Redis is down: its alerts are opened together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient, monitoring

from tests.manager.crowd import Crowd

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis
    from pymongo.database import Database

    from event_service.settings import Settings
    from tests.manager.conftest import StoppableRedis

ALARMS = 200
_COUNTED = frozenset({"insert", "update", "find", "aggregate"})


class Heard(monitoring.CommandListener):
    """Counts what is asked of the database."""

    def __init__(self) -> None:
        self.commands = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.commands += event.command_name in _COUNTED

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Not of interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not of interest."""


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def without_redis(
    heard: Heard,
    webhook_database: Database[dict[str, Any]],
    stoppable_redis: tuple[StoppableRedis, redis.Redis],
    store_settings: Settings,
) -> Iterator[Crowd]:
    server, client = stoppable_redis
    crowd = Crowd(store_settings, webhook_database, client)
    assert store_settings.mongodb_uri is not None
    address = store_settings.mongodb_uri.get_secret_value()
    with MongoClient[dict[str, Any]](address, event_listeners=[heard]) as listened:
        crowd.first = crowd.process(listened[webhook_database.name])
        server.stop()
        yield crowd


def group(title: str = "down", **others: Any) -> dict[str, Any]:
    alarms = [{"event_key": f"key-{at}", "title": title} | others for at in range(ALARMS)]
    return {"results": alarms}


def outcomes(crowd: Crowd, alarm: dict[str, Any]) -> set[str]:
    return {str(one) for one in crowd.first.events.create(crowd.request(alarm)).outcomes}


def test_new_alarms_take_a_few_calls(without_redis: Crowd, heard: Heard) -> None:
    assert outcomes(without_redis, group()) == {"recorded"}
    assert heard.commands < ALARMS / 10
    alerts = list(without_redis.database["alert"].find())
    assert sorted(one["alert_number"] for one in alerts) == list(range(1, ALARMS + 1))
    assert without_redis.database["event"].count_documents({}) == ALARMS


def test_alarms_that_are_known_go_on_as_they_would_alone(without_redis: Crowd) -> None:
    assert outcomes(without_redis, group()) == {"recorded"}
    assert outcomes(without_redis, group()) == {"repeated"}
    assert outcomes(without_redis, group("still down")) == {"recorded"}
    assert outcomes(without_redis, group(event_type="RECOVERY")) == {"recorded"}
    assert outcomes(without_redis, group()) == {"recorded"}
    alerts = list(without_redis.database["alert"].find(sort=[("episode", 1)]))
    told = [(one["episode"], one["state"], one["event_count"]) for one in alerts]
    assert told == [(0, "RESOLVED", 4)] * ALARMS + [(1, "TRIGGERED", 1)] * ALARMS


def test_what_a_group_says_of_a_key_keeps_its_order(without_redis: Crowd) -> None:
    kinds = ("RECOVERY", "ALERT", "RECOVERY", "ALERT")
    alarms = [
        {"event_key": key, "title": key, "event_type": kind} for kind in kinds for key in "ab"
    ]
    without_redis.deliver(alarm={"results": alarms})
    states = [one["state"] for one in without_redis.database["alert"].find(sort=[("episode", 1)])]
    assert states == ["RESOLVED", "RESOLVED", "TRIGGERED", "TRIGGERED"]

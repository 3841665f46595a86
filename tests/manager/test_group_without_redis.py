"""A group that comes while Redis is down: what becomes of its alarms is decided together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.manager.alarm_group import ALARMS, group, outcomes
from tests.manager.crowd import Crowd

if TYPE_CHECKING:
    import redis
    from pymongo.database import Database

    from event_service.settings import Settings
    from tests.manager.conftest import StoppableRedis
    from tests.sent_commands import SentCommands


@pytest.fixture
def without_redis(
    webhook_database: Database[dict[str, Any]],
    listened_database: Database[dict[str, Any]],
    stoppable_redis: tuple[StoppableRedis, redis.Redis],
    store_settings: Settings,
) -> Crowd:
    server, client = stoppable_redis
    crowd = Crowd(store_settings, webhook_database, client)
    crowd.first = crowd.process(listened_database)
    server.stop()
    return crowd


def test_new_alarms_have_their_numbers(without_redis: Crowd) -> None:
    assert outcomes(without_redis, group()) == {"recorded"}
    alerts = list(without_redis.database["alert"].find())
    assert sorted(one["alert_number"] for one in alerts) == list(range(1, ALARMS + 1))
    assert without_redis.database["event"].count_documents({}) == ALARMS


def test_alarms_go_on_as_they_would_alone_in_a_few_calls(
    without_redis: Crowd, heard: SentCommands
) -> None:
    for alarms, outcome in (
        (group(), "recorded"),
        (group(), "repeated"),
        (group("still down"), "recorded"),
        (group(event_type="RECOVERY"), "recorded"),
        (group(event_type="RECOVERY"), "dropped"),
        (group(), "recorded"),
    ):
        heard.commands = 0
        assert outcomes(without_redis, alarms) == {outcome}
        assert heard.commands < ALARMS / 10
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

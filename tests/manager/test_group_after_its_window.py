"""A group of which Redis knows nothing any longer: its alarms are decided about together.

Alertmanager sends what still fires again after four hours, and tells of its end hours after its
beginning: the duplicate window is over by then.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.manager.alarm_group import ALARMS, group, outcomes

if TYPE_CHECKING:
    import redis
    from pymongo.database import Database

    from tests.manager.crowd import Crowd
    from tests.sent_commands import SentCommands

WINDOW = timedelta(seconds=600)
LOOKS = 2
"""For a webhook that is not in the cache, and for events that this process has not in mind."""


@pytest.fixture
def crowd(crowd: Crowd, listened_database: Database[dict[str, Any]]) -> Crowd:
    """One that has taken the group."""
    crowd.first = crowd.process(listened_database)
    crowd.deliver(alarm=group())
    return crowd


def alerts(crowd: Crowd) -> list[tuple[int, str, bool, int]]:
    """Episode, state, superseded, and how many deliveries each alert had."""
    found = crowd.database["alert"].find(sort=[("episode", 1)])
    return [
        (one["episode"], one["state"], "superseded" in one, one["event_count"]) for one in found
    ]


def forget(crowd: Crowd, client: redis.Redis, passed: timedelta) -> None:
    """So much time has passed, and Redis has forgotten the claims, as it does after the window."""
    client.delete(*client.keys("*:claim:*"))
    crowd.now.at += passed


def test_what_still_fires_opens_new_alerts(
    crowd: Crowd, heard: SentCommands, redis_client: redis.Redis
) -> None:
    forget(crowd, redis_client, WINDOW)
    heard.commands = 0
    assert outcomes(crowd, group()) == {"recorded"}
    assert heard.commands < ALARMS / 10
    old, new = (0, "TRIGGERED", True, 1), (1, "TRIGGERED", False, 1)
    assert alerts(crowd) == [old] * ALARMS + [new] * ALARMS
    numbers = sorted(one["alert_number"] for one in crowd.database["alert"].find())
    assert numbers == list(range(1, 2 * ALARMS + 1))
    # And Redis knows it again.
    heard.commands = 0
    assert outcomes(crowd, group()) == {"repeated"}
    assert heard.commands <= LOOKS


def test_what_has_ended_ends_its_alerts_however_old(
    crowd: Crowd, heard: SentCommands, redis_client: redis.Redis
) -> None:
    forget(crowd, redis_client, 20 * WINDOW)
    heard.commands = 0
    assert outcomes(crowd, group(event_type="RECOVERY")) == {"recorded"}
    assert heard.commands < ALARMS / 10
    assert alerts(crowd) == [(0, "RESOLVED", False, 2)] * ALARMS


@pytest.mark.parametrize(("title", "outcome"), [("down", "repeated"), ("worse", "recorded")])
def test_within_the_window_it_joins_its_alerts(
    crowd: Crowd, heard: SentCommands, redis_client: redis.Redis, title: str, outcome: str
) -> None:
    forget(crowd, redis_client, WINDOW - timedelta(seconds=1))
    heard.commands = 0
    assert outcomes(crowd, group(title)) == {outcome}
    assert heard.commands < ALARMS / 10
    assert alerts(crowd) == [(0, "TRIGGERED", False, 2)] * ALARMS
    heard.commands = 0
    assert outcomes(crowd, group(title)) == {"repeated"}
    assert heard.commands <= LOOKS


def test_each_alarm_has_what_its_own_key_says(crowd: Crowd, redis_client: redis.Redis) -> None:
    """Of a group some have news, some have ended, some are new and some were never heard of."""
    resolved = [{"event_key": f"key-{at}", "event_type": "RECOVERY"} for at in range(50)]
    crowd.deliver(alarm={"results": resolved})
    forget(crowd, redis_client, timedelta(seconds=1))
    mixed = [
        *({"event_key": f"key-{at}", "title": "down"} for at in range(100)),
        *({"event_key": f"key-{at}", "title": "worse"} for at in range(100, 150)),
        *({"event_key": f"key-{at}", "event_type": "RECOVERY"} for at in range(150, 210)),
        {"event_key": "new", "title": "down"},
    ]
    answered = crowd.first.events.create(crowd.request({"results": mixed})).outcomes
    told = ["recorded"] * 50 + ["repeated"] * 50 + ["recorded"] * 100
    assert [str(one) for one in answered] == [*told, *["dropped"] * 10, "recorded"]
    states = [(episode, state) for episode, state, _, _ in alerts(crowd)]
    counted = {one: states.count(one) for one in set(states)}
    assert counted == {(0, "RESOLVED"): 100, (0, "TRIGGERED"): 101, (1, "TRIGGERED"): 50}

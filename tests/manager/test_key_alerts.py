"""The alerts of keys, those of many in one call: how many a key has had is not to matter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.manager.key_alerts import EndedAlert, KeyAlerts, Recoverable

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

    from tests.sent_commands import SentCommands

AT = datetime(2026, 1, 1)  # noqa: DTZ001  # instants are naive and UTC
EPISODES = 3


@pytest.fixture
def keys(listened_database: Database[dict[str, Any]]) -> KeyAlerts:
    return KeyAlerts(listened_database["alert"])


@pytest.fixture
def alerts(webhook_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """Of two keys, each with an open alert for every time that its window was over."""
    alerts = webhook_database["alert"]
    alerts.insert_many(
        {
            "alert_id": f"alert-{key}{episode}",
            "alert_number": number * EPISODES + episode,
            "dedup_key": key,
            "episode": episode,
            "state": "TRIGGERED",
            "superseded": episode < EPISODES - 1,
            "created_at": AT,
            "last_seen_at": AT + timedelta(hours=episode),
        }
        for number, key in enumerate("ab")
        for episode in range(EPISODES)
    )
    return alerts


def _resolve(alerts: Collection[dict[str, Any]], alert_id: str, at: datetime) -> None:
    ended = {"state": "RESOLVED", "resolved_at": at, "recovery_event_id": f"event-{alert_id}"}
    alerts.update_one({"alert_id": alert_id}, {"$set": ended})


@pytest.mark.usefixtures("alerts")
def test_the_newest_is_what_holds_a_key(keys: KeyAlerts, heard: SentCommands) -> None:
    found = keys.newest(["a", "b", "of nobody"])
    assert {key: (one.alert_id, one.episode, one.holds) for key, one in found.items()} == {
        "a": ("alert-a2", 2, True),
        "b": ("alert-b2", 2, True),
    }
    assert found["a"].seen_at == AT + timedelta(hours=2)
    assert len(heard.taken()) == 1


@pytest.mark.usefixtures("alerts")
def test_the_older_alerts_of_a_key_are_not_looked_at_where_the_newest_is_open(
    keys: KeyAlerts, heard: SentCommands
) -> None:
    found = keys.recoverable(["a", "b", "of nobody"], AT)
    assert found == {
        "a": Recoverable("alert-a2"),
        "b": Recoverable("alert-b2"),
        "of nobody": Recoverable(),
    }
    assert len(heard.taken()) == 1


def test_where_the_newest_is_resolved_the_next_older_one_is_recovered(
    keys: KeyAlerts, alerts: Collection[dict[str, Any]]
) -> None:
    _resolve(alerts, "alert-a2", AT)
    found = keys.recoverable(["a", "b"], AT - timedelta(seconds=1))
    ended = EndedAlert("alert-a2", "event-alert-a2", AT)
    assert found == {
        "a": Recoverable("alert-a1", ended),
        "b": Recoverable("alert-b2"),
    }


def test_what_was_resolved_before_is_of_no_concern(
    keys: KeyAlerts, alerts: Collection[dict[str, Any]]
) -> None:
    for episode in range(EPISODES):
        _resolve(alerts, f"alert-a{episode}", AT - timedelta(minutes=episode))
    newest = EndedAlert("alert-a2", "event-alert-a2", AT - timedelta(minutes=2))
    assert keys.recoverable(["a"], AT - timedelta(minutes=3)) == {"a": Recoverable("", newest)}
    lately = keys.recoverable(["a"], AT - timedelta(minutes=1))["a"].ended
    assert lately is not None
    assert lately.alert_id == "alert-a0"
    assert keys.recoverable(["a"], AT) == {"a": Recoverable()}

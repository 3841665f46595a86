"""Deliveries that join alerts together: one update, each alert as if they had come one by one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.dedup.claims import Claims
from event_service.dedup.gate import RedisGate
from event_service.dedup.key import DedupKey
from event_service.draft import EventDraft, EventType, Severity
from event_service.manager.alert_update import in_waves
from event_service.manager.alerts import AlertManager
from event_service.manager.candidate import Candidate, candidate_of
from event_service.manager.delivery import Delivery, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

    from event_service.store_clients import RedisClient

AT = datetime(2026, 1, 1)  # noqa: DTZ001  # instants are naive and UTC


def _key(name: str) -> DedupKey:
    return DedupKey("domain-1", "workspace-1", "project-1", name)


def _joining(
    alert: str,
    number: int = 0,
    kind: str = "ALERT",
    *,
    key: str = "",
    description: str | None = None,
    recovery: RecoveryMode = RecoveryMode.MANUAL,
) -> Candidate:
    delivery = Delivery(
        webhook_id="webhook-000000000001",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=RecordingRules(RecordingPolicy.CHANGED, recovery, window_seconds=600),
        raw_data=stored_object({}),
        at=AT + timedelta(seconds=number),
    )
    draft = EventDraft(
        event_key=key or alert,
        event_type=EventType(kind),
        title="t",
        severity=Severity.ERROR,
        description=description,
    )
    return candidate_of(delivery, draft)._replace(
        alert_id=f"alert-{alert}", event_id=f"event-{alert}{number}"
    )


def _resolving(alert: str, number: int) -> Candidate:
    return _joining(alert, number, "RECOVERY", recovery=RecoveryMode.AUTO)


@pytest.fixture
def alerts(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    mongo_database["alert"].insert_many(
        [
            {
                "alert_id": f"alert-{name}",
                "alert_number": number,
                "domain_id": "domain-1",
                "workspace_id": "workspace-1",
                "dedup_key": _key(name).digest,
                "description": "as it was",
                "event_count": 1,
                "episode": 0,
                "state": state,
                "superseded": superseded,
            }
            for number, (name, state, superseded) in enumerate(
                [
                    ("a", "TRIGGERED", False),
                    ("b", "ACKNOWLEDGED", False),
                    ("resolved", "RESOLVED", False),
                    ("superseded", "TRIGGERED", True),
                ]
            )
        ]
    )
    return mongo_database["alert"]


@pytest.fixture
def manager(alerts: Collection[dict[str, Any]], redis_client: RedisClient) -> AlertManager:
    return AlertManager(alerts, Claims(redis_client, alerts.database.name, RedisGate()))


def _alert(alerts: Collection[dict[str, Any]], name: str) -> dict[str, Any]:
    found = alerts.find_one({"alert_id": f"alert-{name}"})
    assert found is not None
    return found


def test_each_alert_gets_its_own(manager: AlertManager, alerts: Collection[dict[str, Any]]) -> None:
    joined = manager.join(
        [
            _joining("a", 1, description="first"),
            _joining("b", 2),
            _joining("a", 3, description="$state"),
            _joining("a", 4),
        ]
    )
    assert joined == [True] * 4
    first, second = _alert(alerts, "a"), _alert(alerts, "b")
    assert (first["event_count"], second["event_count"]) == (4, 2)
    assert first["last_seen_at"] == first["updated_at"] == AT + timedelta(seconds=4)
    # A description is text, whatever it looks like, and an absent one wipes nothing.
    assert (first["description"], second["description"]) == ("$state", "as it was")
    assert {first["state"], second["state"]} == {"TRIGGERED", "ACKNOWLEDGED"}


def test_who_joins_late_takes_no_time_back(
    manager: AlertManager, alerts: Collection[dict[str, Any]]
) -> None:
    assert manager.join([_joining("a", 4)]) == [True]
    assert manager.join([_joining("a", 3)]) == [True]
    alert = alerts.find_one({"alert_id": "alert-a"})
    assert alert is not None
    assert alert["last_seen_at"] == AT + timedelta(seconds=4)
    assert alert["event_count"] == 3


def test_some_are_refused_and_the_others_are_not(
    manager: AlertManager, alerts: Collection[dict[str, Any]]
) -> None:
    joined = manager.join(
        [
            _joining("a"),
            _joining("resolved"),
            _joining("superseded"),
            _joining("superseded", 1, "RECOVERY"),
            _resolving("superseded", 2),
            _joining("missing"),
            _joining("b", key="of another"),
        ]
    )
    assert joined == [True, False, False, True, True, False, False]
    for untouched in ("resolved", "b"):
        assert _alert(alerts, untouched)["event_count"] == 1
    assert _alert(alerts, "superseded")["event_count"] == 3  # by the recoveries alone


def test_a_recovery_resolves_its_alert_and_none_that_is_joined_with_it(
    manager: AlertManager, alerts: Collection[dict[str, Any]]
) -> None:
    assert manager.join([_resolving("a", 1), _joining("b", 2)]) == [True, True]
    assert _alert(alerts, "a")["state"] == "RESOLVED"
    assert _alert(alerts, "b")["state"] == "ACKNOWLEDGED"


def test_what_joins_before_a_recovery_has_joined_and_what_comes_after_has_not(
    manager: AlertManager, alerts: Collection[dict[str, Any]]
) -> None:
    joined = manager.join(
        [
            _joining("a", 1),
            _resolving("a", 2),
            _joining("b", 3),
            _joining("missing", 4),
        ]
    )
    assert joined == [True, True, True, False]
    resolved = _alert(alerts, "a")
    assert resolved["state"] == "RESOLVED"
    assert resolved["resolved_at"] == resolved["last_seen_at"] == AT + timedelta(seconds=2)
    assert resolved["recovery_event_id"] == "event-a2"
    assert "resolved_at" not in _alert(alerts, "b")
    again = [_joining("a", 5), _resolving("a", 6)]
    assert manager.join(again) == [False, False]
    assert _alert(alerts, "a") == resolved


def test_waves_keep_each_alerts_order() -> None:
    one, other = _joining("a", 1), _joining("b", 1)
    recovery = _resolving("a", 2)
    late, foreign = _joining("a", 3), _joining("a", 4, key="another")
    waves = in_waves([one, other, one, recovery, late, foreign])
    assert waves == [[[one, one], [other]], [[recovery]], [[late]], [[foreign]]]

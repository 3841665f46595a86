"""A database of Cloudforet's monitoring service, taken over as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from event_service.managers import utc_now
from tests.service.running import Webhook

if TYPE_CHECKING:
    from pymongo.database import Database

    from tests.service.running import Running, Start

WEBHOOK = Webhook("webhook-0123456789ab", "a key in clear")
TENANT = {"domain_id": "domain-1", "workspace_id": "workspace-1", "project_id": "project-1"}
SEEN = {"event_key": "k1", "title": "disk full", "severity": "ERROR"}


def _fill(database: Database[dict[str, Any]]) -> None:
    now = utc_now()
    database["webhook"].insert_one(
        {
            **TENANT,
            "webhook_id": WEBHOOK.webhook_id,
            "name": "old",
            "state": "ENABLED",
            "access_key": WEBHOOK.key,
            "plugin_info": None,
            "created_at": now - timedelta(days=100),
        }
    )
    for number, (state, key, age) in enumerate(
        [("RESOLVED", "k0", 9e6), ("TRIGGERED", "k1", 60), ("ACKNOWLEDGED", "k2", 8e6)], start=7
    ):
        alert = {
            **TENANT,
            "alert_id": f"alert-{number}",
            "alert_number": number,
            "title": "disk full",
            "state": state,
            "created_at": now - timedelta(seconds=age),
        }
        database["alert"].insert_one(alert)
        event = {
            **TENANT,
            **SEEN,
            "event_key": key,
            "event_type": "ALERT",
            "event_id": f"event-{number}",
            "alert_id": f"alert-{number}",
            "webhook_id": WEBHOOK.webhook_id,
            "created_at": now - timedelta(seconds=age),
        }
        database["event"].insert_one(event)


def _taken_over(start: Start) -> Running:
    first = start()
    _fill(first.database)
    return start()


def test_old_events_are_read(start: Start) -> None:
    running = _taken_over(start)
    answer = running.client.call("list", {"alert_id": "alert-8"})
    assert [event["event_id"] for event in answer.body["results"]] == ["event-8"]


def test_a_duplicate_joins_the_old_alert_in_its_window(start: Start) -> None:
    running = _taken_over(start)
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert len(running.alerts()) == 3
    assert running.events()[-1]["alert_id"] == "alert-8"


def test_a_recovery_finds_the_old_alert(start: Start) -> None:
    running = _taken_over(start)
    running.client.create(WEBHOOK, SEEN | {"event_key": "k2", "event_type": "RECOVERY"})
    states = {alert["alert_id"]: alert["state"] for alert in running.alerts()}
    assert states == {"alert-7": "RESOLVED", "alert-8": "TRIGGERED", "alert-9": "RESOLVED"}


def test_a_new_alert_is_numbered_above_the_old_ones(start: Start) -> None:
    running = _taken_over(start)
    for key in ("new", "newer"):
        running.client.create(WEBHOOK, SEEN | {"event_key": key})
    assert [alert["alert_number"] for alert in running.alerts()] == [7, 8, 9, 10, 11]


def test_the_key_in_clear_is_gone_after_its_first_use(start: Start) -> None:
    running = _taken_over(start)
    assert running.client.create(WEBHOOK, SEEN).status == "OK"
    assert WEBHOOK.key not in str(running.database["webhook"].find_one({}))
    assert running.client.create(WEBHOOK, SEEN).status == "OK"

"""A group of many alarms in one body, as Alertmanager sends it when much goes wrong at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bson
import pytest

if TYPE_CHECKING:
    from tests.service.running import Running, Start, Webhook

ALARMS = 700


def _group(status: str) -> dict[str, Any]:
    alerts = [
        {
            "status": status,
            "labels": {"alertname": "Down", "severity": "critical", "instance": f"db-{at:03}"},
            "annotations": {"summary": f"db-{at:03} is down", "description": "It is. " * 20},
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": f"{at:016x}",
        }
        for at in range(ALARMS)
    ]
    return {"version": "4", "status": status, "receiver": "all", "alerts": alerts}


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    webhook = running.webhook()
    for status in ("firing", "firing", "resolved"):
        assert running.client.create(webhook, _group(status)).status == "OK"
    return webhook


@pytest.mark.usefixtures("webhook")
def test_each_alarm_has_an_alert_that_its_recovery_resolves(running: Running) -> None:
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED"] * ALARMS
    kinds = [event["event_type"] for event in running.events()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"ALERT": ALARMS, "RECOVERY": ALARMS}


@pytest.mark.usefixtures("webhook")
def test_what_is_stored_grows_with_the_body_and_not_with_its_square(running: Running) -> None:
    stored = sum(
        len(bson.encode(document))
        for collection in ("event", "event_body")
        for document in running.database[collection].find()
    )
    assert stored < 6 * (len(bson.encode(_group("firing"))) + len(bson.encode(_group("resolved"))))


@pytest.mark.usefixtures("webhook")
def test_each_event_has_the_whole_body(running: Running) -> None:
    filters = [
        {"k": "title", "v": "db-007", "o": "contain"},
        {"k": "raw_data.alerts.fingerprint", "v": f"{8:016x}", "o": "eq"},
        {"k": "raw_data.status", "v": "firing", "o": "eq"},
    ]
    listed = running.client.call("list", {"query": {"filter": filters}}).body
    (event,) = listed["results"]
    assert event["raw_data"] == _group("firing")
    assert running.client.call("get", {"event_id": event["event_id"]}).body == event

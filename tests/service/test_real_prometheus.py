"""A real Prometheus with a real Alertmanager: an alert fires, and is resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.eventually import eventually
from tests.service.prometheus import ALERTMANAGER, PROMETHEUS, sending

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.running import Running, Start

pytestmark = pytest.mark.skipif(
    PROMETHEUS is None or ALERTMANAGER is None,
    reason="Prometheus and Alertmanager are not installed:"
    " apt install prometheus prometheus-alertmanager",
)


def listed(running: Running, event_type: str) -> list[dict[str, Any]]:
    """Events of a type, as gRPC clients see them."""
    answer = running.client.call("list", {"event_type": event_type})
    assert answer.status == "OK"
    results: list[dict[str, Any]] = answer.body.get("results", [])
    return results


@pytest.mark.parametrize("key_in_url", [True, False], ids=["key in the URL", "key as a bearer"])
def test_an_alert_fires_and_is_resolved(start: Start, tmp_path: Path, *, key_in_url: bool) -> None:
    running = start()
    webhook = running.webhook()
    base = f"http://{running.service.http_address}/monitoring/v1/webhook/{webhook.webhook_id}"
    url = f"{base}/{webhook.key}/events" if key_in_url else f"{base}/events"
    with sending(tmp_path, url, None if key_in_url else webhook.key) as pressure:
        (alarm,) = eventually(lambda: listed(running, "ALERT"))
        (open_alert,) = running.alerts()
        pressure.bar = 1.0
        (recovery,) = eventually(lambda: listed(running, "RECOVERY"))
    assert (alarm["title"], alarm["description"]) == (
        "Pressure of boiler-1 is high",
        "It has 9 bar.",
    )
    assert (alarm["severity"], alarm["rule"]) == ("CRITICAL", "PressureHigh")
    assert alarm["additional_info"]["vessel"] == "boiler-1"
    assert alarm["additional_info"]["runbook_url"] == "https://runbooks.example/pressure"
    assert alarm["raw_data"]["receiver"] == "events"
    assert alarm["occurred_at"]
    assert open_alert["state"] == "TRIGGERED"
    assert (recovery["event_key"], recovery["alert_id"]) == (alarm["event_key"], alarm["alert_id"])
    (alert,) = running.alerts()
    assert (alert["alert_id"], alert["state"]) == (alarm["alert_id"], "RESOLVED")
    assert alert["resolved_at"] is not None
    assert listed(running, "ERROR") == []

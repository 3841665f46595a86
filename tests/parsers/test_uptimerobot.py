"""UptimeRobot's webhook."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.uptimerobot import SOURCE
from tests.parsers.drafts import BODIES, drafts, own, read


def down(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "uptimerobot" / "down.json")
    return body | fields


def test_a_monitor_that_is_down() -> None:
    assert own(SOURCE, "down") == EventDraft(
        event_key="uptimerobot:monitor:779900",
        event_type=EventType.ALERT,
        title="Shop: Down",
        severity=Severity.CRITICAL,
        description="Connection Timeout",
        resources=("Shop",),
        additional_info={"url": "https://shop.example/health"},
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_it_recovers_when_it_is_up_in_whatever_spelling() -> None:
    up = own(SOURCE, "up")
    assert up.event_type is EventType.RECOVERY
    assert up.event_key == own(SOURCE, "down").event_key
    assert up.additional_info["duration"] == "14 minutes and 58 seconds"


def test_a_certificate_that_expires_is_another_key() -> None:
    draft = own(SOURCE, "certificate_expires")
    assert draft.event_key == "uptimerobot:monitor:779900:ssl"
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.WARNING)
    assert draft.additional_info["ssl_expiry_days_left"] == "14"


@pytest.mark.parametrize(
    ("number", "name", "event_type", "severity"),
    [
        (1, "Ausfall", EventType.ALERT, Severity.CRITICAL),
        (2, None, EventType.RECOVERY, Severity.INFO),
        (None, "UP", EventType.RECOVERY, Severity.INFO),
        (None, "Domain expiry", EventType.ALERT, Severity.WARNING),
        (99, "Slow", EventType.ALERT, Severity.NOT_AVAILABLE),
        (None, None, EventType.ALERT, Severity.NONE),
    ],
)
def test_kinds_of_alert(
    number: int | None, name: str | None, event_type: EventType, severity: Severity
) -> None:
    (draft,) = drafts(SOURCE, down(alertType=number, alertTypeFriendlyName=name))
    assert (draft.event_type, draft.severity) == (event_type, severity)


def test_without_an_id_the_address_is_the_key() -> None:
    (draft,) = drafts(SOURCE, down(monitorID=None))
    assert draft.event_key == "uptimerobot:monitor:https://shop.example/health"


def test_a_monitor_alone_is_not_recognised() -> None:
    assert not SOURCE.recognises({"monitorID": 1, "heartbeat": {}})
    assert not SOURCE.recognises({"alertType": 1})

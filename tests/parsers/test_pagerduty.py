"""PagerDuty's webhooks of version 3."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.pagerduty import SOURCE
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import BODIES, drafts, own, read


def incident(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "pagerduty" / "triggered.json")
    body["event"]["data"] |= fields
    return body


def test_a_triggered_incident() -> None:
    assert own(SOURCE, "triggered") == EventDraft(
        event_key="pagerduty:incident:Q1W2E3R4T5",
        event_type=EventType.ALERT,
        title="The disk of db-1 fills up",
        severity=Severity.ERROR,
        resources=("Databases",),
        provider="pagerduty",
        account="acme-ops",
        additional_info={
            "url": "https://acme-ops.pagerduty.com/incidents/Q1W2E3R4T5",
            "event": "incident.triggered",
            "status": "triggered",
            "urgency": "high",
            "number": "512",
            "incident_key": "db-1/disk",
            "escalation_policy": "Storage on call",
            "teams": "Storage, Platform",
            "assignees": "Ada",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30, 0, 250_000),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_resolved_incident_recovers_it() -> None:
    resolved = own(SOURCE, "resolved")
    assert resolved.event_type is EventType.RECOVERY
    assert resolved.event_key == own(SOURCE, "triggered").event_key
    assert resolved.severity is Severity.ERROR


@pytest.mark.parametrize("name", ["annotated", "ping"])
def test_what_says_nothing_of_an_incidents_state_has_no_results(name: str) -> None:
    assert drafts(SOURCE, read(BODIES / "pagerduty" / f"{name}.json")) == []


def test_a_change_of_a_resolved_incident_does_not_open_it() -> None:
    body = incident(status="resolved")
    body["event"]["event_type"] = "incident.priority_updated"
    (draft,) = drafts(SOURCE, body)
    assert draft.event_type is EventType.RECOVERY


@pytest.mark.parametrize(
    ("priority", "urgency", "severity"),
    [
        ("P1", "low", Severity.CRITICAL),
        ("sev-3", "high", Severity.WARNING),
        ("P5", "high", Severity.INFO),
        ("Soon", "high", Severity.NOT_AVAILABLE),
        (None, "high", Severity.ERROR),
        (None, "LOW", Severity.WARNING),
        (None, None, Severity.NONE),
    ],
)
def test_priority_then_urgency(
    priority: str | None, urgency: str | None, severity: Severity
) -> None:
    (draft,) = drafts(SOURCE, incident(priority={"summary": priority}, urgency=urgency))
    assert draft.severity is severity


def test_the_account_is_told_from_the_incidents_address() -> None:
    (european,) = drafts(SOURCE, incident(html_url="https://acme.eu.pagerduty.com/incidents/1"))
    (foreign,) = drafts(SOURCE, incident(html_url="https://pagerduty.com.example/incidents/1"))
    assert (european.account, foreign.account) == ("acme", "")


def test_a_body_without_an_event_is_refused() -> None:
    assert not SOURCE.recognises({"event": {"event_type": "x"}})
    with pytest.raises(ParseFailure, match="event is not an object"):
        SOURCE.parse({"event": "incident.triggered"}, {})

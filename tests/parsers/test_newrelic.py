"""New Relic's two kinds of notification."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.newrelic import SOURCE
from tests.parsers.drafts import BODIES, drafts, needs_payloads, own, read, recorded


def issue(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "newrelic" / "issue_activated.json")
    return body | fields


def test_an_issue_of_a_workflow() -> None:
    draft = own(SOURCE, "issue_activated")
    assert draft == EventDraft(
        event_key="newrelic:issue:6f0b1a52-8e6d-4f0c-9a57-1a2b3c4d5e6f",
        event_type=EventType.ALERT,
        title="Heap used is above 90% for 5 minutes on 'Heap almost full'",
        severity=Severity.CRITICAL,
        rule="Heap almost full",
        resources=("billing-api", "billing-worker"),
        provider="newrelic",
        account="4242",
        additional_info={
            "url": issue()["issueUrl"],
            "policies": "Billing",
            "workflow": "To the event service",
            "state": "ACTIVATED",
            "trigger": "STATE_CHANGE",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30, 0, 123_000),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_closed_issue_recovers_it() -> None:
    closed = own(SOURCE, "issue_closed")
    assert closed.event_type is EventType.RECOVERY
    assert closed.event_key == own(SOURCE, "issue_activated").event_key
    assert closed.occurred_at == datetime(2024, 5, 6, 8, 0)  # noqa: DTZ001


def test_an_incident_of_an_alert_channel_opens_and_closes() -> None:
    opened, closed = own(SOURCE, "incident_open"), own(SOURCE, "incident_closed")
    assert (opened.event_type, closed.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert opened.event_key == closed.event_key == "newrelic:incident:88001"
    assert (opened.title, opened.rule) == ("Disk almost full", "Hosts")
    assert opened.description == "Disk used is above 85% for 10 minutes on db-1"
    assert (opened.severity, opened.resources) == (Severity.WARNING, ("db-1.example",))
    assert (opened.provider, opened.account) == ("newrelic", "4242")
    assert opened.image_url == "https://charts.newrelic.example/88001.png"
    assert opened.additional_info["team"] == "storage"
    assert opened.additional_info["runbook_url"] == "https://runbooks.example/disk"


@pytest.mark.parametrize(
    ("priority", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("HIGH", Severity.ERROR),
        ("MEDIUM", Severity.WARNING),
        ("LOW", Severity.INFO),
        ("", Severity.NONE),
        ("URGENT", Severity.NOT_AVAILABLE),
    ],
)
def test_priorities(priority: str, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, issue(priority=priority))
    assert draft.severity is severity


@pytest.mark.parametrize("state", ["CREATED", "ACTIVATED", "ACKNOWLEDGED"])
def test_states_of_an_open_issue(state: str) -> None:
    (draft,) = drafts(SOURCE, issue(state=state))
    assert draft.event_type is EventType.ALERT


def test_several_targets_are_all_resources() -> None:
    body = read(BODIES / "newrelic" / "incident_open.json")
    body["targets"] = [{"name": "a"}, {"name": "b", "labels": {"team": "x"}}, "broken", {}]
    (draft,) = drafts(SOURCE, body)
    assert draft.resources == ("a", "b")
    assert draft.additional_info["team"] == "x"


def test_an_alert_channels_body_that_a_workflow_makes_names_the_issue() -> None:
    """New Relic's template for it leaves out the incident of an issue that has none."""
    opened = read(BODIES / "newrelic" / "incident_open.json")
    del opened["incident_id"]
    opened["issue_id"] = "6f0b1a52-8e6d-4f0c-9a57-1a2b3c4d5e6f"
    closed = opened | {"current_state": "closed", "targets": [{"name": "db-2.example"}]}
    (alert,), (recovery,) = drafts(SOURCE, opened), drafts(SOURCE, closed)
    assert recovery.event_key == alert.event_key
    assert recovery.event_type is EventType.RECOVERY


def test_a_workflows_own_names_in_an_alert_channels_body() -> None:
    """As the template for Splunk On-Call has them: without targets, a policy and a timestamp."""
    body = issue(incident_id="6f0b1a52", current_state="OPEN", condition_name=["Heap almost full"])
    (draft,) = drafts(SOURCE, body)
    assert (draft.title, draft.rule) == ("Heap almost full", "Billing")
    assert draft.resources == ("billing-api", "billing-worker")
    assert draft.occurred_at == own(SOURCE, "issue_activated").occurred_at


def test_a_status_for_a_state_and_a_name_for_a_title() -> None:
    body = issue(status="CLOSED", name="Heap used is above 90%")
    del body["state"], body["title"]
    (draft,) = drafts(SOURCE, body)
    assert (draft.event_type, draft.title) == (EventType.RECOVERY, "Heap used is above 90%")


def test_an_issue_by_the_variables_name() -> None:
    """Templates that call the issue's id issueId, as its variable is, are a workflow's too."""
    body = read(BODIES / "newrelic" / "issue_closed.json")
    body["issueId"] = body.pop("id")
    assert drafts(SOURCE, body) == [own(SOURCE, "issue_closed")]


def test_only_its_own_state_words_are_recognised() -> None:
    assert not SOURCE.recognises({"id": "1", "state": "open", "issueUrl": "x"})
    assert not SOURCE.recognises({"current_state": "DOWN", "check_id": 1})


@needs_payloads
def test_reads_the_test_notification() -> None:
    draft = recorded(SOURCE, "newrelic/1")
    assert draft.event_key == "newrelic:incident:0"
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.INFO)
    assert draft.title == "New Relic Alert - Test Condition"
    assert (draft.description, draft.resources) == ("I am a test Violation", ())
    assert draft.account == "11111"
    assert draft.occurred_at == datetime(2020, 9, 25, 11, 23, 27, 849_000)  # noqa: DTZ001

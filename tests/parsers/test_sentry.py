"""Sentry's webhooks, on bodies written after its documentation and on recorded ones."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.seam import ParseFailure
from event_service.parsers.sentry import SOURCE
from tests.parsers.drafts import BODIES, drafts, needs_payloads, own, read, recorded


def issue(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "sentry" / "issue_created.json")
    body["data"]["issue"] |= fields
    return body


def test_an_issue_is_one_event() -> None:
    assert own(SOURCE, "issue_created") == EventDraft(
        event_key="sentry:issue:90210",
        event_type=EventType.ALERT,
        title="TimeoutError: the payment provider did not answer",
        severity=Severity.CRITICAL,
        description="the payment provider did not answer\ncheckout.payment in charge",
        resources=("checkout",),
        additional_info={
            "url": "https://sentry.example/organizations/acme/issues/90210/",
            "issue": "CHECKOUT-3F",
            "action": "created",
            "substatus": "new",
            "platform": "python",
        },
        occurred_at=datetime(2024, 5, 6, 7, 0, 0, 123_000),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_resolved_issue_recovers_the_key_of_its_alerts() -> None:
    resolved = own(SOURCE, "issue_resolved")
    assert resolved.event_type is EventType.RECOVERY
    assert resolved.event_key == own(SOURCE, "issue_created").event_key
    assert resolved.event_key == own(SOURCE, "issue_alert").event_key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://sentry.example/api/0/issues/90210/", "sentry:issue:90210"),
        ("https://sentry.example/api/0/organizations/acme/issues/90210/", "sentry:issue:90210"),
        ("https://sentry.example/api/0/issues/new/", None),
        (None, None),
    ],
)
def test_an_older_alert_tells_its_issue_in_an_address_alone(
    url: str | None, key: str | None
) -> None:
    body = read(BODIES / "sentry" / "issue_alert.json")
    del body["data"]["event"]["issue_id"]
    body["data"]["event"]["issue_url"] = url
    (result,) = SOURCE.parse(body, {})
    assert isinstance(result, dict)
    assert result.get("event_key") == key


def test_an_issue_alert_has_its_rule_and_tags() -> None:
    draft = own(SOURCE, "issue_alert")
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.ERROR)
    assert draft.rule == "More than ten users in an hour"
    assert draft.additional_info["server_name"] == "pay-2"
    assert draft.additional_info["release"] == "checkout@2.4.1"
    assert draft.occurred_at == datetime(2024, 5, 6, 7, 31, 12, 500_000)  # noqa: DTZ001


def test_a_metric_alert_fires_and_recovers() -> None:
    fired, resolved = own(SOURCE, "metric_alert_critical"), own(SOURCE, "metric_alert_resolved")
    assert (fired.event_type, resolved.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert fired.event_key == resolved.event_key == "sentry:metric-alert:733"
    assert (fired.severity, resolved.severity) == (Severity.CRITICAL, Severity.NONE)
    assert fired.title == resolved.title == "Slow checkouts"
    assert fired.resources == ("checkout", "cart")
    assert resolved.occurred_at == datetime(2024, 5, 6, 7, 50)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("fatal", Severity.CRITICAL),
        ("Error", Severity.ERROR),
        ("warning", Severity.WARNING),
        ("info", Severity.INFO),
        ("debug", Severity.INFO),
        (None, Severity.NONE),
        ("purple", Severity.NOT_AVAILABLE),
    ],
)
def test_levels(level: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, issue(level=level))
    assert draft.severity is severity


def test_what_happens_to_an_issue_that_is_over_does_not_open_it() -> None:
    (assigned,) = drafts(SOURCE, issue(status="resolved") | {"action": "assigned"})
    (archived,) = drafts(SOURCE, issue() | {"action": "archived"})
    assert assigned.event_type is archived.event_type is EventType.RECOVERY


def test_other_webhooks_are_refused() -> None:
    comment = {"action": "created", "installation": {}, "data": {"comment": "x", "issue_id": 1}}
    assert not SOURCE.recognises(comment)
    with pytest.raises(ParseFailure, match="Neither an issue"):
        SOURCE.parse(comment, {})


@needs_payloads
@pytest.mark.parametrize(
    ("number", "key", "resource", "occurred_at"),
    [
        (1, "sentry:issue:541485531", "alerta5", datetime(2018, 5, 2, 8, 7, 10)),  # noqa: DTZ001
        (2, "sentry:issue:5", "internal", datetime(2019, 12, 17, 10, 26, 44, 933_000)),  # noqa: DTZ001
    ],
)
def test_reads_the_older_plugin(
    number: int, key: str, resource: str, occurred_at: datetime
) -> None:
    draft = recorded(SOURCE, f"sentry/{number}")
    assert draft.event_key == key
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.ERROR)
    assert draft.title == "This is an example Python exception"
    assert draft.description == "raven.scripts.runner in main"
    assert (draft.resources, draft.occurred_at) == ((resource,), occurred_at)
    assert draft.additional_info["url"] == "https://sentry.io/alertaio/alerta5/issues/541485531/"
    assert draft.additional_info["level"] == "error"

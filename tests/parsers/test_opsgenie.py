"""Opsgenie's webhook."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.opsgenie import SOURCE
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import BODIES, drafts, own, read


def created(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "opsgenie" / "create.json")
    body["alert"] |= fields
    return body


def test_a_created_alert() -> None:
    assert own(SOURCE, "create") == EventDraft(
        event_key="opsgenie:alert:c0ffee00-5d1c-464a-812a-7dd18bbfba8c-1714980600000",
        event_type=EventType.ALERT,
        title="Orders wait in the queue",
        severity=Severity.CRITICAL,
        description="4,000 orders have waited for more than 5 minutes.",
        resources=("queue-orders",),
        additional_info={
            "region": "eu-north-1",
            "depth": "4000",
            "action": "Create",
            "alias": "queue-depth/orders",
            "tiny_id": "812",
            "tags": "queue, orders",
            "source": "rabbit-1",
            "integration": "To the event service",
            "username": "alert API",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30, 0, 250_000),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_closed_alert_recovers_it() -> None:
    closed = own(SOURCE, "close")
    assert closed.event_type is EventType.RECOVERY
    assert closed.event_key == own(SOURCE, "create").event_key
    assert closed.occurred_at == datetime(2024, 5, 6, 8, 0)  # noqa: DTZ001


def test_a_note_has_no_results() -> None:
    assert drafts(SOURCE, read(BODIES / "opsgenie" / "note.json")) == []


@pytest.mark.parametrize(
    ("action", "event_type"),
    [
        ("Acknowledge", EventType.ALERT),
        ("UpdatePriority", EventType.ALERT),
        ("Restart the server", EventType.ALERT),
        ("Delete", EventType.RECOVERY),
        ("close", EventType.RECOVERY),
    ],
)
def test_actions(action: str, event_type: EventType) -> None:
    (draft,) = drafts(SOURCE, created() | {"action": action})
    assert draft.event_type is event_type


@pytest.mark.parametrize(
    ("priority", "severity"),
    [
        ("P1", Severity.CRITICAL),
        ("p2", Severity.ERROR),
        ("P3", Severity.WARNING),
        ("P5", Severity.INFO),
        (None, Severity.NONE),
        ("P9", Severity.NOT_AVAILABLE),
    ],
)
def test_priorities(priority: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, created(priority=priority))
    assert draft.severity is severity


def test_without_an_update_the_creation_is_the_time() -> None:
    (draft,) = drafts(SOURCE, created(updatedAt=None))
    assert draft.occurred_at == datetime(2024, 5, 6, 7, 30)  # noqa: DTZ001


def test_a_body_without_an_alert_is_refused() -> None:
    assert not SOURCE.recognises({"action": "Create", "alert": {"id": "1"}})
    with pytest.raises(ParseFailure, match="alert is not an object"):
        SOURCE.parse({"action": "Create"}, {})

"""Pingdom's webhook."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.pingdom import SOURCE
from tests.parsers.drafts import BODIES, drafts, needs_payloads, own, read, recorded


def down(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "pingdom" / "down.json")
    return body | fields


def test_a_check_that_is_down() -> None:
    assert own(SOURCE, "down") == EventDraft(
        event_key="pingdom:check:5150",
        event_type=EventType.ALERT,
        title="Shop front is DOWN",
        severity=Severity.CRITICAL,
        description="HTTP Server Error 503 Service Unavailable",
        rule="Shop front",
        resources=("shop.example",),
        additional_info={
            "url": "https://shop.example/cart",
            "previous_state": "UP",
            "tags": "shop, public",
            "first_probe": "Stockholm, Sweden",
            "second_probe": "Lisbon, Portugal",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_it_recovers_when_it_is_up() -> None:
    up = own(SOURCE, "up")
    assert up.event_type is EventType.RECOVERY
    assert up.event_key == own(SOURCE, "down").event_key


def test_transaction_checks_have_words_of_their_own() -> None:
    failing = own(SOURCE, "transaction_failing")
    assert (failing.event_type, failing.severity) == (EventType.ALERT, Severity.WARNING)
    assert failing.resources == ("Log in and buy",)
    (success,) = drafts(SOURCE, down(current_state="SUCCESS"))
    assert success.event_type is EventType.RECOVERY


@pytest.mark.parametrize(
    ("importance", "severity"),
    [
        ("high", Severity.CRITICAL),
        ("LOW", Severity.WARNING),
        (None, Severity.NONE),
        ("MIDDLING", Severity.NOT_AVAILABLE),
    ],
)
def test_importances(importance: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, down(importance_level=importance))
    assert draft.severity is severity


def test_the_written_time_stands_in_for_the_number() -> None:
    (draft,) = drafts(SOURCE, down(state_changed_timestamp=None))
    assert draft.occurred_at == datetime(2024, 5, 6, 7, 30)  # noqa: DTZ001


@needs_payloads
def test_reads_a_recorded_recovery() -> None:
    draft = recorded(SOURCE, "pingdom/2")
    assert draft.event_key == "pingdom:check:803318"
    assert (draft.event_type, draft.severity) == (EventType.RECOVERY, Severity.CRITICAL)
    assert draft.title == "Alerta API on OpenShift is UP"
    assert draft.resources == ("api.alerta.io",)
    assert draft.occurred_at == datetime(2017, 6, 30, 22, 30, 43)  # noqa: DTZ001

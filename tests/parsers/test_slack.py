"""Messages in Slack's shape."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.seam import ParseFailure
from event_service.parsers.slack import SOURCE
from tests.parsers.drafts import drafts, own


def said(text: str, **attachment: Any) -> EventDraft:
    (draft,) = drafts(SOURCE, {"text": text, "attachments": [attachment] if attachment else []})
    return draft


def test_a_message_of_an_alerting_system() -> None:
    draft = own(SOURCE, "firing")
    assert draft == EventDraft(
        event_key=draft.event_key,
        event_type=EventType.ALERT,
        title=":rotating_light: [FIRING:2] Queue of orders is long",
        severity=Severity.ERROR,
        description="4,000 orders wait. See the runbook & act.\nHost: rabbit-1\nTeam: orders",
        image_url="https://monitoring.example/charts/9.png",
        resources=("rabbit-1",),
        additional_info={
            "Host": "rabbit-1",
            "Team": "orders",
            "url": "https://monitoring.example/alerts/9",
            "channel": "#alerts",
            "sender": "Monitoring",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_its_resolution_has_its_key() -> None:
    resolved = own(SOURCE, "resolved")
    assert resolved.event_type is EventType.RECOVERY
    assert resolved.event_key == own(SOURCE, "firing").event_key


def test_blocks() -> None:
    draft = own(SOURCE, "blocks")
    assert draft.title == "The nightly backup failed"
    assert draft.description is not None
    assert "*db-1* was not saved" in draft.description
    assert "Open" not in draft.description
    assert draft.additional_info["url"] == "https://backup.example/runs/3"


def test_rich_text() -> None:
    """Its sections and lists have the words further inside, in pieces."""
    draft = own(SOURCE, "rich_text")
    assert draft.title == "[FIRING] Disk of db-7 is full, see the runbook"
    assert draft.description == "free: 1 GiB\nwanted: 20 GiB\ndf -h"
    assert draft.event_type is EventType.ALERT


def test_a_text_alone() -> None:
    draft = own(SOURCE, "text")
    assert (draft.title, draft.description) == ("Deployed shop 2.4.1", "by Ada")
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.NONE)


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        ("[RESOLVED] disk", EventType.RECOVERY),
        ("[resolved:3] disk", EventType.RECOVERY),
        (":white_check_mark: *RESOLVED:* disk", EventType.RECOVERY),
        ("\u2705 Recovered: disk", EventType.RECOVERY),
        ("OK: disk", EventType.RECOVERY),
        ("[Alerting] disk", EventType.ALERT),
        ("PROBLEM: disk", EventType.ALERT),
        ("ALARM: disk", EventType.ALERT),
        # How many, and how long, says nothing of what it is about.
        ("[FIRING:1, RESOLVED:2] disk", EventType.ALERT),
        ("Resolved in 1d 2h 3m: disk", EventType.RECOVERY),
        ("\u2705 Resolved in 5m 2s: disk", EventType.RECOVERY),
        ("Updated problem in 45s: disk", EventType.ALERT),
        ("[P2] [Re-Triggered] disk", EventType.ALERT),
        ("[Warn] disk", EventType.ALERT),
    ],
)
def test_the_state_at_the_start_of_a_message(text: str, event_type: EventType) -> None:
    draft = said(text)
    assert draft.event_type is event_type
    assert draft.event_key == said("FIRING: disk").event_key


def test_the_scope_of_a_state_says_what_it_is_about() -> None:
    """As in the titles of Datadog's events."""
    began, over = said("[Triggered on {host:web-1}] disk"), said("[Recovered on {host:web-1}] disk")
    assert (began.event_type, over.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert began.event_key == over.event_key
    assert over.event_key not in {
        said(text).event_key for text in ("[Triggered on {host:web-2}] disk", "[Triggered] disk")
    }


@pytest.mark.parametrize(
    "text", ["OK, we deploy", "Resolved nothing", "Resolved in vain: x", "up we go", "closed:x"]
)
def test_a_sentence_is_no_state(text: str) -> None:
    assert said(text).event_type is EventType.ALERT


@pytest.mark.parametrize(
    ("attachment", "severity"),
    [
        ({"color": "danger"}, Severity.ERROR),
        ({"color": "warning"}, Severity.WARNING),
        ({"color": "good"}, Severity.INFO),
        ({"color": "#D00000"}, Severity.ERROR),
        ({"color": "daa038"}, Severity.WARNING),
        ({"color": "#2eb886"}, Severity.INFO),
        ({"color": "#cccccc"}, Severity.NONE),
        ({"color": "no colour"}, Severity.NONE),
        ({"color": "#zzzzzz"}, Severity.NONE),
        ({"color": "ff  ff"}, Severity.NONE),
        ({"color": "good", "fields": [{"title": "Severity", "value": "High"}]}, Severity.ERROR),
        ({"fields": [{"title": "priority", "value": "odd"}]}, Severity.NOT_AVAILABLE),
    ],
)
def test_fields_then_colours(attachment: dict[str, Any], severity: Severity) -> None:
    assert said("disk", **attachment).severity is severity


def test_a_severity_at_the_start_of_a_message() -> None:
    draft = said("CRITICAL: disk", color="good")
    assert (draft.severity, draft.event_type) == (Severity.CRITICAL, EventType.ALERT)
    assert draft.event_key == said("[RESOLVED] disk").event_key


def test_a_character_of_thousands_of_digits_stays_as_it_is() -> None:
    none = f"&#{'1' * 5000};"
    assert said(f"disk &amp; cpu\n{none}").description == none
    assert said("disk", fields=[{"title": "load", "value": none}]).additional_info["load"] == none


def test_a_very_long_line_is_a_description() -> None:
    draft = said("x" * 1000)
    assert (len(draft.title), draft.description) == (300, "x" * 1000)


def test_a_state_alone_is_still_a_title() -> None:
    assert said("[RESOLVED]").title == "[RESOLVED]"


def test_an_empty_message_is_refused() -> None:
    assert not SOURCE.recognises({"text": " "})
    assert not SOURCE.recognises({"blocks": ["x", {}], "attachments": ["y"]})
    with pytest.raises(ParseFailure, match="Neither text"):
        SOURCE.parse({"attachments": [{"color": "good"}]}, {})

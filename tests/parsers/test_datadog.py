"""Datadog's webhooks, on bodies after its default payload and variables, and on real ones."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.datadog import SOURCE
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import (
    BODIES,
    compared,
    drafts,
    expected,
    needs_payloads,
    own,
    read,
    recorded,
)


def test_the_default_payload_tells_by_its_title() -> None:
    draft = own(SOURCE, "triggered")
    assert draft == EventDraft(
        event_key=draft.event_key,
        event_type=EventType.ALERT,
        title="Checkout answers slowly",
        severity=Severity.ERROR,
        description="%%%\nThe checkout service answers slowly on web-1.\n%%%",
        resources=("web-1",),
        additional_info={
            "org_id": "11223",
            "org_name": "shop",
            "event_type": "query_alert_monitor",
            "scope": "host:web-1,service:checkout",
        },
        occurred_at=datetime(2024, 7, 1, 10),  # noqa: DTZ001 - naive UTC is meant
    )


@pytest.mark.parametrize(
    ("began", "ended"), [("triggered", "recovered"), ("variables_warn", "variables_recovered")]
)
def test_a_recovery_has_the_key_of_its_alert(began: str, ended: str) -> None:
    alert, recovery = own(SOURCE, began), own(SOURCE, ended)
    assert alert.event_key == recovery.event_key
    assert (alert.event_type, recovery.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert recovery.severity is Severity.INFO
    assert recovery.title == alert.title


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Re-Warn", Severity.WARNING),
        ("Re-Triggered", Severity.ERROR),
        ("Renotify", Severity.ERROR),
        ("Re-No Data", Severity.NOT_AVAILABLE),
    ],
)
def test_what_is_told_again_has_the_key_of_its_alert(word: str, severity: Severity) -> None:
    first = read(BODIES / "datadog" / "triggered.json")
    again = first | {"title": first["title"].replace("Triggered", word)}
    (draft,) = drafts(SOURCE, again)
    assert (draft.event_type, draft.severity) == (EventType.ALERT, severity)
    alert = own(SOURCE, "triggered")
    assert (draft.event_key, draft.title) == (alert.event_key, alert.title)
    by_variable = read(BODIES / "datadog" / "variables_warn.json")
    del by_variable["alert_type"]
    (draft,) = drafts(SOURCE, by_variable | {"alert_transition": word})
    assert (draft.event_type, draft.severity) == (EventType.ALERT, severity)
    assert draft.event_key == own(SOURCE, "variables_warn").event_key


@pytest.mark.parametrize("word", ["Recovered", "Warn Recovered", "No Data Recovered"])
def test_whatever_recovers_ends_its_alert(word: str) -> None:
    first = read(BODIES / "datadog" / "triggered.json")
    over = first | {"title": first["title"].replace("Triggered", word)}
    warned = read(BODIES / "datadog" / "variables_warn.json")
    over_by_variable = warned | {"alert_transition": word, "alert_type": "success"}
    for alert, end in ((first, over), (warned, over_by_variable)):
        (draft,) = drafts(SOURCE, end)
        assert (draft.event_type, draft.severity) == (EventType.RECOVERY, Severity.INFO)
        assert draft.event_key == drafts(SOURCE, alert)[0].event_key


def test_the_same_monitor_of_another_scope_is_another_event() -> None:
    body = read(BODIES / "datadog" / "triggered.json")
    other = body | {"title": body["title"].replace("web-1", "web-2")}
    assert drafts(SOURCE, other)[0].event_key != drafts(SOURCE, body)[0].event_key


def test_variables_by_their_names() -> None:
    draft = own(SOURCE, "variables_warn")
    assert (draft.event_key, draft.severity) == ("17700000000000000042", Severity.WARNING)
    assert (draft.title, draft.rule) == ("Memory of the workers", "Memory of the workers")
    assert draft.resources == ("worker-7.example",)
    assert draft.image_url == "https://p.datadoghq.example/snapshot/42.png"
    assert draft.additional_info["link"] == "https://app.datadoghq.example/event/event?id=42"
    assert draft.occurred_at == datetime(2024, 7, 1, 10)  # noqa: DTZ001 - naive UTC is meant


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("[Triggered] [shop] Slow", "[shop] Slow"),
        ("[P1] [No Data on {*}] Slow", "Slow"),
        ("[Recovered]", "[Recovered]"),
        ("Slow [Triggered]", "Slow [Triggered]"),
    ],
)
def test_only_datadogs_own_marks_leave_a_title(title: str, name: str) -> None:
    body = read(BODIES / "datadog" / "triggered.json") | {"title": title}
    assert drafts(SOURCE, body)[0].title == name


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"alert_type": "error"}, Severity.ERROR),
        ({"alert_type": "Warning"}, Severity.WARNING),
        ({"alert_type": "info"}, Severity.INFO),
        ({"alert_type": "peculiar"}, Severity.NOT_AVAILABLE),
        ({"title": "[Warn] Slow"}, Severity.WARNING),
        ({"title": "[No Data] Slow"}, Severity.NOT_AVAILABLE),
        ({"title": "Slow"}, Severity.ERROR),
        ({"title": "[P1] [Triggered] Slow"}, Severity.CRITICAL),
        ({"alert_priority": "P1", "alert_type": "warning"}, Severity.CRITICAL),
        ({"priority": 1.0}, Severity.CRITICAL),
        ({"alert_priority": "P1", "alert_transition": "Recovered"}, Severity.INFO),
    ],
)
def test_severities(fields: dict[str, Any], severity: Severity) -> None:
    body = read(BODIES / "datadog" / "triggered.json") | fields
    assert drafts(SOURCE, body)[0].severity is severity


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"severity": "P2", "alert_type": "error"}, Severity.ERROR),
        ({"severity": "p4", "alert_type": "warning"}, Severity.WARNING),
        ({"severity": "P1", "alert_type": "warning"}, Severity.CRITICAL),
        ({"severity": "P3"}, Severity.ERROR),
        ({"severity": "P2", "alert_transition": "Recovered"}, Severity.INFO),
        ({"severity": "peculiar", "alert_type": "error"}, Severity.NOT_AVAILABLE),
    ],
)
def test_a_priority_in_the_place_of_the_severity(
    fields: dict[str, Any], severity: Severity
) -> None:
    body = read(BODIES / "datadog" / "triggered.json") | fields
    assert drafts(SOURCE, body)[0].severity is severity


def test_scopes_may_be_one_text() -> None:
    body = read(BODIES / "datadog" / "triggered.json") | {"title": "Slow"}
    first, second = (drafts(SOURCE, body | {"scopes": f"host:web-{n}"})[0] for n in (1, 2))
    assert (first.resources, second.resources) == (("web-1",), ("web-2",))
    assert first.event_key != second.event_key


def spelled(body: dict[str, Any], spell: Callable[[str], str]) -> dict[str, Any]:
    return {spell(name): value for name, value in body.items()}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@pytest.mark.parametrize("spell", [camel, str.upper])
def test_variables_in_another_spelling(spell: Callable[[str], str]) -> None:
    """As the templates of SIGNL4 and AlertNow in Datadog's own manual have them."""
    for name in ("variables_warn", "variables_recovered"):
        body = read(BODIES / "datadog" / f"{name}.json")
        assert drafts(SOURCE, spelled(body, spell)) == [own(SOURCE, name)]
        assert SOURCE.recognises(spelled(body, spell) | {"org": {"id": "11223", "name": "shop"}})


def test_a_template_that_calls_the_transition_by_its_last_word() -> None:
    began = {"title": "Slow", "alert_type": "error", "transition": "Triggered", "host": "web-1"}
    over = began | {"alert_type": "success", "transition": "Recovered"}
    (alert,), (recovery,) = drafts(SOURCE, began), drafts(SOURCE, over)
    assert (alert.event_type, recovery.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert recovery.event_key == alert.event_key
    assert alert.resources == ("web-1",)


def test_what_has_no_title_fails() -> None:
    with pytest.raises(ParseFailure):
        SOURCE.parse({"alert_id": 1}, {})


@pytest.mark.parametrize(
    "body",
    [
        {"org": {"id": 1}, "title": "t", "event_type": "ALERT"},
        {"alert_id": "alert-1", "title": "t"},
        {"title": "t", "query": "q"},
        {"alertId": "1", "alertType": "2", "monitorID": "3"},
    ],
)
def test_leaves_others_bodies(body: dict[str, Any]) -> None:
    assert not SOURCE.recognises(body)


@needs_payloads
@pytest.mark.parametrize("number", [1, 3])
def test_agrees_with_spaceones_plugin(number: int) -> None:
    """But for the key, of which the plugin makes none: a monitor's id keeps through a new title."""
    draft, plugins = recorded(SOURCE, f"datadog/{number}"), expected(f"datadog/{number}")
    assert compared(draft) == {**compared(plugins), "event_key": draft.event_key}
    assert len(draft.event_key) == 32
    assert (draft.title, draft.description) == (plugins.title, plugins.description)
    assert draft.occurred_at is None  # the plugin takes the clock's

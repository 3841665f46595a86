"""Zabbix's webhook, on bodies after SpaceONE's guide and its media types, and on a real one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure
from event_service.parsers.zabbix import SOURCE
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


def test_a_problem_is_an_alert() -> None:
    assert own(SOURCE, "problem") == EventDraft(
        event_key="3fa299902ca5c0fcc03f81799417287f",
        event_type=EventType.ALERT,
        title="Problem: Free disk space is low",
        severity=Severity.ERROR,
        description="Problem started at 10:00:00 on 2024.07.01\r\nHost: files-1\r\nSeverity: High",
        rule="Free disk space is low on /srv",
        resources=("files-1 (192.0.2.17)",),
        additional_info={
            "zabbix_host_visible_name": "Files 1",
            "zabbix_trigger_id": "21977",
            "zabbix_event_id": "88123",
            "zabbix_host_id": "10501",
            "zabbix_item_key": "vfs.fs.size[/srv,pfree]",
            "zabbix_item_value": "3.1",
            "event_time": "2024.07.01 10:00:00",
        },
        occurred_at=datetime(2024, 7, 1, 10),  # noqa: DTZ001 - naive UTC is meant
    )


@pytest.mark.parametrize(
    ("problem", "resolved"), [("problem", "resolved"), ("flat_problem", "flat_resolved")]
)
def test_a_resolved_problem_recovers_its_key(problem: str, resolved: str) -> None:
    began, ended = own(SOURCE, problem), own(SOURCE, resolved)
    assert ended.event_key == began.event_key
    assert (began.event_type, ended.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert ended.severity is Severity.INFO
    assert ended.resources == began.resources


def test_the_flat_form() -> None:
    draft = own(SOURCE, "flat_problem")
    assert (draft.severity, draft.title) == (
        Severity.CRITICAL,
        "Problem: Service nginx is down",
    )
    assert (draft.rule, draft.resources) == ("Service nginx is down", ("web-2 (192.0.2.44)",))
    assert draft.additional_info["zabbix_url"] == "https://zabbix.example"


def test_a_date_without_an_offset_is_no_instant() -> None:
    body = read(BODIES / "zabbix" / "problem.json")
    del body["event"]["timestamp"]
    assert drafts(SOURCE, body)[0].occurred_at is None


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Disaster", Severity.CRITICAL),
        ("HIGH", Severity.ERROR),
        ("average", Severity.WARNING),
        ("Warning", Severity.WARNING),
        ("Information", Severity.INFO),
        ("Not classified", Severity.NONE),
        (4.0, Severity.ERROR),
        ("Schlimm", Severity.NOT_AVAILABLE),
    ],
)
def test_severity_words(word: object, severity: Severity) -> None:
    body = read(BODIES / "zabbix" / "problem.json")
    body["event"]["severity"] = word
    assert drafts(SOURCE, body)[0].severity is severity


def test_the_number_of_a_severity_wins_over_its_word() -> None:
    """Every Zabbix may call its severities otherwise."""
    body = read(BODIES / "zabbix" / "flat_problem.json")
    assert drafts(SOURCE, body | {"event_severity": "Schlimm"})[0].severity is Severity.CRITICAL
    nested = read(BODIES / "zabbix" / "problem.json")
    nested["event"] |= {"severity": "Schlimm", "nseverity": "2"}
    assert drafts(SOURCE, nested)[0].severity is Severity.WARNING


@pytest.mark.parametrize("name", ["flat_problem", "flat_resolved"])
@pytest.mark.parametrize("separator", ["_", ".", " "])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_the_flat_form_by_the_macros_names(
    name: str, separator: str, case: Callable[[str], str]
) -> None:
    body = read(BODIES / "zabbix" / f"{name}.json")
    by_macro = {case(field).replace("_", separator): value for field, value in body.items()}
    assert ParserRegistry(installed_sources()).source_of(by_macro) is SOURCE
    assert drafts(SOURCE, by_macro) == [own(SOURCE, name)]


def test_names_without_what_they_are_of() -> None:
    """As some media types call the macros of the event and of its host."""
    problem = {
        "event_id": "90411",
        "event_name": "Service nginx is down",
        "event_value": "1",
        "trigger_id": "23014",
        "severity": "4",
        "status": "PROBLEM",
        "host": "web-2",
    }
    resolved = problem | {"event_value": "0", "status": "OK"}
    (began,), (ended,) = drafts(SOURCE, problem), drafts(SOURCE, resolved)
    assert (began.event_type, began.severity) == (EventType.ALERT, Severity.ERROR)
    assert (began.title, began.resources) == ("Service nginx is down", ("web-2",))
    assert (ended.event_type, ended.event_key) == (EventType.RECOVERY, began.event_key)
    for body, draft in ((problem, began), (resolved, ended)):
        del body["event_value"]
        (by_status,) = drafts(SOURCE, body | {"event_nseverity": "4"})
        assert by_status.event_type is draft.event_type


def test_macros_that_stand_for_nothing_are_absent() -> None:
    body = read(BODIES / "zabbix" / "problem.json")
    body["event"]["severity"] = "{EVENT.SEVERITY}"
    body["trigger"]["severity"] = "{TRIGGER.SEVERITY}"
    body["host"]["connection_info"] = "{HOST.CONN}"
    body["item"]["value"] = "*UNKNOWN*"
    (draft,) = drafts(SOURCE, body)
    assert (draft.severity, draft.resources) == (Severity.NONE, ("files-1",))
    assert "zabbix_item_value" not in draft.additional_info
    body["host"] |= {"name": "*UNKNOWN*", "connection_info": "*UNKNOWN*"}
    assert drafts(SOURCE, body)[0].resources == ()


@pytest.mark.parametrize(
    ("status", "event_type"),
    [
        ("Not supported", EventType.ALERT),
        ("Unknown", EventType.ALERT),
        ("Normal", EventType.RECOVERY),
    ],
)
def test_an_internal_event_of_an_item_or_trigger(status: str, event_type: EventType) -> None:
    body = read(BODIES / "zabbix" / "flat_problem.json") | {"event_status": status}
    assert drafts(SOURCE, body)[0].event_type is event_type


def test_what_names_no_event_fails() -> None:
    with pytest.raises(ParseFailure):
        SOURCE.parse({"host": {"name": "a"}}, {})


@pytest.mark.parametrize(
    "body",
    [
        {"event": {"id": 1}},
        {"event": {}, "trigger": {}},
        {"event_id": 1, "title": "t"},
        {"event": "x", "host": {}},
    ],
)
def test_leaves_others_bodies(body: dict[str, Any]) -> None:
    assert not SOURCE.recognises(body)


@needs_payloads
def test_agrees_with_spaceones_plugin() -> None:
    draft, plugins = recorded(SOURCE, "zabbix/1"), expected("zabbix/1")
    assert compared(draft) == compared(plugins)
    assert (draft.title, draft.rule) == (plugins.title, plugins.rule)
    assert draft.additional_info == plugins.additional_info
    assert draft.occurred_at is None  # the plugin takes the clock's

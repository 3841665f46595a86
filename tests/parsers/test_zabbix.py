"""Zabbix's webhook, on bodies after SpaceONE's guide and its media types, and on a real one."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
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

"""Google Cloud Monitoring's incidents, on bodies after its documented schema and on real ones."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers import direct
from event_service.parsers.google_monitoring import SOURCE
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


def test_an_open_incident_is_an_alert() -> None:
    assert own(SOURCE, "open") == EventDraft(
        event_key="0.opqiw61fsv7p",
        event_type=EventType.ALERT,
        title="Disk utilization of web nodes (open)",
        severity=Severity.CRITICAL,
        description="Disk utilization for shop-prod web-3 is above 0.9 with a value of 0.951.",
        rule="Full disks",
        resources=("shop-prod web-3",),
        provider="google_cloud",
        account="shop-prod",
        additional_info={
            "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0.opqiw61fsv7p",
            "resource_type": "gce_instance",
            "metric_type": "agent.googleapis.com/disk/percent_used",
            "observed_value": "0.951",
            "threshold_value": "0.9",
            "documentation": "See the runbook on full disks.",
            "device": "sda1",
            "instance_id": "112233",
            "project_id": "shop-prod",
            "zone": "europe-west1-b",
            "team": "web",
        },
        occurred_at=datetime(2024, 7, 1, 10),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_closed_incident_recovers_its_key() -> None:
    opened, closed = own(SOURCE, "open"), own(SOURCE, "closed")
    assert closed.event_key == opened.event_key
    assert (closed.event_type, closed.severity) == (EventType.RECOVERY, Severity.INFO)
    assert closed.additional_info["ended_at"] == "2024-07-01T11:00:00.000Z"


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Critical", Severity.CRITICAL),
        ("ERROR", Severity.ERROR),
        ("Warning", Severity.WARNING),
        ("No severity", Severity.WARNING),
        (None, Severity.WARNING),
        ("dreadful", Severity.NOT_AVAILABLE),
    ],
)
def test_severity_words(word: str | None, severity: Severity) -> None:
    body = read(BODIES / "google_monitoring" / "open.json")
    body["incident"]["severity"] = word
    assert drafts(SOURCE, body)[0].severity is severity


def pushed(data: str) -> dict[str, Any]:
    """As a push subscription of Pub/Sub wraps a message."""
    return {
        "message": {"data": data, "messageId": "1", "publishTime": "2024-07-01T10:00:00Z"},
        "subscription": "projects/shop-prod/subscriptions/events",
    }


@pytest.mark.parametrize("name", ["open", "closed"])
def test_an_incident_that_pub_sub_pushes(name: str) -> None:
    told = (BODIES / "google_monitoring" / f"{name}.json").read_bytes()
    assert drafts(SOURCE, pushed(b64encode(told).decode())) == [own(SOURCE, name)]


def test_an_event_of_our_own_shape_that_pub_sub_pushes_is_what_it_is_alone() -> None:
    full = {"title": "Disk is full", "event_key": "disk:web-1", "severity": "ERROR"}
    well = {"title": "Disk is well", "event_key": "disk:web-1", "event_type": "RECOVERY"}
    event: dict[str, Any]
    for event in (full, well, {"results": [full, {"title": "Another"}, well]}):
        data = b64encode(json.dumps(event).encode()).decode()
        assert drafts(SOURCE, pushed(data)) == drafts(direct.SOURCE, event)


@pytest.mark.parametrize(
    "data", ["", "%%%", "bm8gSlNPTg==", "e30=", "eyJpbmNpZGVudCI6IDF9", "/w==", "\u00e9"]
)
def test_what_else_pub_sub_pushes_is_no_incident(data: str) -> None:
    assert not SOURCE.recognises(pushed(data))
    with pytest.raises(ParseFailure):
        SOURCE.parse(pushed(data), {})


def test_a_documentation_that_is_a_text() -> None:
    """As Google's own test notification has it."""
    body = read(BODIES / "google_monitoring" / "open.json")
    body["incident"] |= {"documentation": "See the runbook.", "summary": ""}
    (draft,) = drafts(SOURCE, body)
    assert draft.description == draft.additional_info["documentation"] == "See the runbook."


def test_without_an_incident_it_fails() -> None:
    with pytest.raises(ParseFailure, match="incident is not an object"):
        SOURCE.parse({"incident": "x"}, {})


@pytest.mark.parametrize(
    "body", [{"incident": {"id": 1, "state": "open"}}, {"incident": []}, {"version": "1.2"}]
)
def test_leaves_others_bodies(body: dict[str, Any]) -> None:
    assert not SOURCE.recognises(body)


@needs_payloads
@pytest.mark.parametrize("number", [1, 3, 4])
def test_agrees_with_spaceones_plugin(number: int) -> None:
    place = f"google_monitoring/{number}"
    draft, plugins = recorded(SOURCE, place), expected(place)
    assert compared(draft) == compared(plugins)
    assert (draft.title, draft.rule) == (plugins.title, plugins.rule)
    assert draft.occurred_at == plugins.occurred_at


@needs_payloads
def test_the_case_of_a_state_changes_nothing() -> None:
    """SpaceONE's plugin has INFO here: it knows ``open`` alone, and this one is ``OPEN``."""
    draft, plugins = recorded(SOURCE, "google_monitoring/7"), expected("google_monitoring/7")
    assert plugins.severity is Severity.INFO
    assert draft.severity is Severity.WARNING
    assert compared(draft) == {**compared(plugins), "severity": Severity.WARNING}
    assert draft.occurred_at is None  # started_at is 0: not set, rather than 1970

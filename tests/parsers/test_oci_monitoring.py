"""Oracle Cloud's alarms, on bodies after the documented schema and on a real one."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.oci_monitoring import SOURCE
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

ALARM = "ocid1.alarm.oc1.eu-frankfurt-1.examplealarm"


def test_a_firing_alarm_is_an_alert_of_all_its_resources() -> None:
    assert own(SOURCE, "firing") == EventDraft(
        event_key="0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        event_type=EventType.ALERT,
        title="Load of the batch hosts (WARNING)",
        severity=Severity.WARNING,
        description="A batch host works at its limit. See the runbook on batch load.",
        rule="CpuUtilization[1m].mean() > 95",
        resources=("batch-2", "batch-1"),
        provider="oracle_cloud",
        additional_info={
            "alarm_url": f"https://cloud.oracle.com/monitoring/alarms/{ALARM}",
            "alarm_id": ALARM,
            "namespace": "oci_computeagent",
            "status": "FIRING",
            "region": "eu-frankfurt-1",
            "alarm_summary": "2 of 6 batch hosts work at their limit",
        },
        occurred_at=datetime(2024, 7, 1, 10),  # noqa: DTZ001 - naive UTC is meant
    )


def test_an_alarm_that_is_ok_recovers_its_key() -> None:
    firing, ok = own(SOURCE, "firing"), own(SOURCE, "ok")
    assert ok.event_key == firing.event_key
    assert (ok.event_type, ok.severity) == (EventType.RECOVERY, Severity.WARNING)
    assert ok.resources == ()


@pytest.mark.parametrize(
    ("kind", "event_type"),
    [
        ("OK_TO_FIRING", EventType.ALERT),
        ("REPEAT", EventType.ALERT),
        ("FIRING_TO_OK", EventType.RECOVERY),
        ("reset", EventType.RECOVERY),
        (None, EventType.ALERT),
    ],
)
def test_the_type_of_a_message(kind: str | None, event_type: EventType) -> None:
    body = read(BODIES / "oci_monitoring" / "firing.json") | {"type": kind}
    assert drafts(SOURCE, body)[0].event_type is event_type


def test_a_change_of_the_rule_is_no_event() -> None:
    body = read(BODIES / "oci_monitoring" / "firing.json") | {"type": "RULE_CHANGE"}
    assert drafts(SOURCE, body) == []


class Compared(dict[str, Any]):
    """Dimensions that count how often they are compared with others."""

    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return super().__eq__(other)

    __hash__ = None


def test_each_stream_is_read_once_however_many_there_are() -> None:
    names = [*map(str, range(300)), *map(str, range(300))]
    streams = [Compared(region="r", resourceName=name) for name in names]
    streams += [Compared(resourceName="0", region="r")]
    body = {"type": "REPEAT", "title": "x", "alarmMetaData": [{"dimensions": streams}]}
    (draft,) = drafts(SOURCE, body)
    assert draft.resources == (*map(str, range(1, 300)), "0")
    assert Compared.times <= len(streams)


def test_what_names_no_alarm_fails() -> None:
    with pytest.raises(ParseFailure):
        SOURCE.parse({"body": "x"}, {})


@pytest.mark.parametrize("body", [{"dedupeKey": "k"}, {"alarmMetaData": []}, {"type": "x"}])
def test_leaves_others_bodies(body: dict[str, Any]) -> None:
    assert not SOURCE.recognises(body)


@needs_payloads
def test_agrees_with_spaceones_plugin() -> None:
    draft, plugins = recorded(SOURCE, "oci_monitoring/1"), expected("oci_monitoring/1")
    assert compared(draft) == compared(plugins)
    assert (draft.title, draft.rule) == (plugins.title, plugins.rule)
    assert draft.description == plugins.description
    assert draft.occurred_at == plugins.occurred_at
    assert plugins.additional_info.items() <= draft.additional_info.items()

"""Alertmanager's webhook, on bodies written after its documented schema and on real ones."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.normalise import normalise
from event_service.parsers.alertmanager import SOURCE
from event_service.parsers.labels import labels_fingerprint
from event_service.parsers.seam import ParseFailure

ROOT = Path(__file__).parents[2]
BODIES = ROOT / "tests" / "bodies" / "alertmanager"
PAYLOADS = ROOT.parent / "shared" / "payloads" / "prometheus_alertmanager"

needs_payloads = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="the recorded bodies, ../shared/payloads, are not here"
)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def drafts(body: Mapping[str, Any]) -> list[EventDraft]:
    return [normalise(result).draft for result in SOURCE.parse(body, {})]


def alert(**fields: Any) -> dict[str, Any]:
    labels = {"alertname": "Down", "instance": "a:1"}
    return {"alerts": [{"status": "firing", "labels": labels, "annotations": {}} | fields]}


def test_a_firing_group_gives_an_alert_each() -> None:
    first, second = drafts(read(BODIES / "firing.json"))
    assert first == EventDraft(
        event_key="c3a1f0e2d4b59687",
        event_type=EventType.ALERT,
        title="A disk fills up within four hours",
        severity=Severity.CRITICAL,
        description="/dev/sdb1 on db-1 is 93% full and grows by 2% an hour.",
        rule="DiskWillFill",
        resources=("db-1.example:9100",),
        additional_info={
            "runbook_url": "https://runbooks.example/disk-will-fill",
            "generator_url": "http://prometheus.example:9090/graph?g0.expr=predict",
            "ends_at": "0001-01-01T00:00:00Z",
            "alertname": "DiskWillFill",
            "device": "/dev/sdb1",
            "instance": "db-1.example:9100",
            "severity": "page",
            "team": "storage",
        },
        occurred_at=datetime(2024, 5, 6, 7, 0, 0, 123_000),  # noqa: DTZ001 - naive UTC is meant
    )
    assert (second.event_key, second.severity) == ("0d1e2f3a4b5c6978", Severity.WARNING)
    assert second.description is None


def test_a_resolved_alert_recovers_the_key_it_fired_with() -> None:
    fired, _ = drafts(read(BODIES / "firing.json"))
    (resolved,) = drafts(read(BODIES / "resolved.json"))
    assert resolved.event_type is EventType.RECOVERY
    assert resolved.event_key == fired.event_key
    assert (resolved.severity, resolved.occurred_at) == (Severity.CRITICAL, fired.occurred_at)
    assert resolved.additional_info["ends_at"] == "2024-05-06T10:30:00.5+02:00"


def test_without_fingerprints_the_labels_are_the_key() -> None:
    resolved, firing = drafts(read(BODIES / "partly_resolved_without_fingerprints.json"))
    assert (resolved.event_type, firing.event_type) == (EventType.RECOVERY, EventType.ALERT)
    assert resolved.event_key != firing.event_key
    (again,) = drafts(alert(labels={"node": "worker-3", "alertname": "TargetDown", "job": "node"}))
    assert again.event_key == resolved.event_key
    assert (resolved.title, resolved.description) == ("TargetDown", "worker-3 answers again")
    assert (firing.resources, firing.severity) == (("worker-4",), Severity.NONE)
    assert firing.occurred_at is None


def test_an_empty_fingerprint_counts_as_none() -> None:
    assert drafts(alert(fingerprint=" ")) == drafts(alert())


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("CRITICAL", Severity.CRITICAL),
        (" Page ", Severity.CRITICAL),
        ("emergency", Severity.CRITICAL),
        ("error", Severity.ERROR),
        ("major", Severity.ERROR),
        ("warning", Severity.WARNING),
        ("warn", Severity.WARNING),
        ("info", Severity.INFO),
        ("none", Severity.NONE),
        ("", Severity.NONE),
        (None, Severity.NONE),
        ("team-blue", Severity.NOT_AVAILABLE),
    ],
)
def test_severity_words(label: str | None, severity: Severity) -> None:
    (draft,) = drafts(alert(labels={"alertname": "Down", "severity": label}))
    assert draft.severity is severity


def test_a_number_is_its_text_as_of_every_other_sender() -> None:
    (draft,) = drafts(alert(labels={"alertname": 404.0}, fingerprint=7.0))
    assert (draft.title, draft.rule, draft.event_key) == ("404", "404", "7")


def test_the_group_status_holds_for_alerts_without_one() -> None:
    body = alert(status=None) | {"status": "Resolved"}
    assert drafts(body)[0].event_type is EventType.RECOVERY


def test_one_bad_alert_leaves_its_siblings() -> None:
    results = SOURCE.parse({"alerts": ["x", *alert()["alerts"], {}]}, {})
    assert normalise(results[1]).draft.title == "Down"
    for bad in (results[0], results[2]):
        with pytest.raises(ParseFailure):
            normalise(bad)


def test_bodies_without_alerts() -> None:
    assert SOURCE.parse({}, {}) == ()
    assert SOURCE.parse({"alerts": []}, {}) == []
    with pytest.raises(ParseFailure, match="alerts is not a list"):
        SOURCE.parse({"alerts": {"a": 1}}, {})


@pytest.mark.parametrize(
    ("body", "recognised"),
    [
        ({"alerts": [], "version": "4"}, True),
        ({"alerts": [], "version": 4.0}, True),
        ({"alerts": [], "version": "3"}, True),
        ({"alerts": [], "groupLabels": {}}, True),
        ({"alerts": [], "version": "1", "receiver": "x"}, False),
        ({"alerts": [], "version": ["4"]}, False),
        ({"alerts": []}, False),
        ({"version": "4"}, False),
        ({"alerts": {}, "version": "4"}, False),
    ],
)
def test_recognises_its_bodies(body: dict[str, Any], *, recognised: bool) -> None:
    assert SOURCE.recognises(body) is recognised


def test_a_huge_label_set_has_a_key_too() -> None:
    huge = {"a": "x" * 100_000}
    assert len(labels_fingerprint(huge)) == 16
    assert labels_fingerprint(huge) != labels_fingerprint(huge | {"b": "y"})


def test_a_label_that_is_nested_too_deep_leaves_its_siblings() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    alerts = [{"labels": {"alertname": "a", "x": deep}}, {"labels": {"alertname": "b"}}]
    nested, sibling = SOURCE.parse({"version": "4", "alerts": alerts}, {})
    with pytest.raises(ParseFailure, match="nested too deep"):
        normalise(nested)
    assert normalise(sibling).draft.title == "b"


@needs_payloads
def test_the_derived_key_is_alertmanagers_own_fingerprint() -> None:
    alerts = read(PAYLOADS / "1.json")["alerts"]
    assert [labels_fingerprint(each["labels"]) for each in alerts] == [
        each["fingerprint"] for each in alerts
    ]


@needs_payloads
@pytest.mark.parametrize("number", [1, 2])
def test_agrees_with_spaceones_plugin(number: int) -> None:
    expected = read(PAYLOADS / f"{number}.expected.json")["ok"]["results"]
    assert SOURCE.parse(read(PAYLOADS / f"{number}.json"), {}) == expected


@needs_payloads
@pytest.mark.parametrize("number", [5, 7, 8, 9])
def test_a_label_set_alone_has_no_results(number: int) -> None:
    assert read(PAYLOADS / f"{number}.expected.json")["ok"] == {}
    assert SOURCE.parse(read(PAYLOADS / f"{number}.json"), {}) == ()


@needs_payloads
@pytest.mark.parametrize(
    ("number", "title", "resources", "occurred_at"),
    [
        (3, "Connect fail", ("host2",), datetime(2016, 8, 1, 10, 27, 8, 8_000)),  # noqa: DTZ001
        (4, "No things for over 10 minutes", (), datetime(2017, 8, 3, 19, 17, 37, 804_000)),  # noqa: DTZ001
    ],
)
def test_reads_what_spaceones_plugin_fails_on(
    number: int, title: str, resources: tuple[str, ...], occurred_at: datetime
) -> None:
    body = read(PAYLOADS / f"{number}.json")
    assert SOURCE.recognises(body)
    (draft,) = drafts(body)
    assert (draft.title, draft.severity) == (title, Severity.CRITICAL)
    assert (draft.resources, draft.occurred_at) == (resources, occurred_at)
    assert len(draft.event_key) == 16

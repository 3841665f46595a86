"""Grafana's webhooks, on bodies written after its documented schema and on real ones."""

import json
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.normalise import normalise
from event_service.parsers.grafana import SOURCE
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


def test_a_firing_group_gives_an_alert_each() -> None:
    first, second = drafts(SOURCE, read(BODIES / "grafana" / "firing.json"))
    assert first == EventDraft(
        event_key="5f0e4a1b2c3d4e5f",
        event_type=EventType.ALERT,
        title="The order queue grows",
        severity=Severity.CRITICAL,
        description="4,100 orders wait on queue-1; 500 is normal.",
        rule="QueueGrows",
        image_url="https://grafana.example/public/img/attachments/queue.png",
        resources=("queue-1.example:15692",),
        additional_info={
            "runbook_url": "https://runbooks.example/queue-grows",
            "generator_url": "https://grafana.example/alerting/grafana/a1b2c3/view?orgId=3",
            "silence_url": "https://grafana.example/alerting/silence/new?alertmanager=grafana",
            "dashboard_url": "https://grafana.example/d/orders?orgId=3",
            "panel_url": "https://grafana.example/d/orders?orgId=3&viewPanel=2",
            "values": '{"A": 4100, "C": 1}',
            "org_id": "3",
            "alertname": "QueueGrows",
            "grafana_folder": "Orders",
            "instance": "queue-1.example:15692",
            "severity": "critical",
        },
        occurred_at=datetime(2024, 7, 1, 8, 15),  # noqa: DTZ001 - naive UTC is meant
    )
    # Without a label, a firing rule is an ERROR, as SpaceONE's plugin has it.
    assert (second.title, second.rule, second.severity) == (
        "CacheHits",
        "CacheHits",
        Severity.ERROR,
    )


def test_a_resolved_alert_recovers_the_key_it_fired_with() -> None:
    fired, _ = drafts(SOURCE, read(BODIES / "grafana" / "firing.json"))
    resolved = own(SOURCE, "resolved")
    assert resolved.event_key == fired.event_key
    assert (resolved.event_type, resolved.severity) == (EventType.RECOVERY, Severity.INFO)
    assert resolved.occurred_at == fired.occurred_at
    assert resolved.additional_info["ends_at"] == "2024-07-01T11:00:00+02:00"
    # Of one alert alone, the group's message tells.
    assert resolved.description == "**Resolved** the order queue is short again"


def test_alerts_with_neither_fingerprint_nor_labels_are_not_one() -> None:
    alerts = [{"annotations": {"summary": summary}} for summary in ("a", "b")]
    first, second = drafts(SOURCE, {"version": "1", "orgId": 1, "alerts": alerts})
    assert first.event_key != second.event_key


def test_a_legacy_rule_that_is_ok_recovers_the_key_it_alerted_with() -> None:
    alerting, ok = own(SOURCE, "legacy_alerting"), own(SOURCE, "legacy_ok")
    assert alerting.title == ok.title == "Disk fills up"
    assert alerting.event_key == ok.event_key
    assert (alerting.event_type, alerting.severity) == (EventType.ALERT, Severity.ERROR)
    assert (ok.event_type, ok.severity) == (EventType.RECOVERY, Severity.INFO)
    assert alerting.image_url == "https://grafana.example/public/img/attachments/disk.png"
    assert alerting.additional_info["team"] == "storage"
    assert alerting.additional_info["panel_id"] == "4"


def test_ids_give_one_key_as_integers_and_as_the_doubles_of_a_struct() -> None:
    body = read(BODIES / "grafana" / "legacy_ok.json")
    doubles = body | {name: float(body[name]) for name in ("dashboardId", "panelId", "orgId")}
    assert drafts(SOURCE, doubles) == drafts(SOURCE, body)


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("warning", Severity.WARNING),
        ("Page", Severity.CRITICAL),
        ("team-blue", Severity.NOT_AVAILABLE),
        (None, Severity.ERROR),
    ],
)
def test_the_severity_label_of_a_firing_rule(label: str | None, severity: Severity) -> None:
    body = read(BODIES / "grafana" / "legacy_alerting.json") | {"tags": {"severity": label}}
    (draft,) = drafts(SOURCE, body)
    assert draft.severity is severity


@pytest.mark.parametrize("state", ["no_data", "alert", "peculiar"])
@pytest.mark.parametrize("label", [None, "critical"])
def test_any_other_legacy_state_is_an_alert_without_severity(state: str, label: str | None) -> None:
    """As SpaceONE's plugin has it."""
    body = read(BODIES / "grafana" / "legacy_alerting.json")
    (draft,) = drafts(SOURCE, body | {"state": state, "tags": {"severity": label}})
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.NONE)


def test_an_unknown_status_of_unified_alerting_is_told_as_unknown() -> None:
    body = read(BODIES / "grafana" / "firing.json")
    body["alerts"] = [body["alerts"][0] | {"status": "peculiar"}]
    assert drafts(SOURCE, body)[0].severity is Severity.NOT_AVAILABLE


def test_a_rule_that_could_not_be_asked_says_why() -> None:
    body = read(BODIES / "grafana" / "firing.json")
    labels = {"alertname": "DatasourceError", "rulename": "QueueGrows", "datasource_uid": "p1"}
    error = {"Error": "failed to execute query A: connection refused"}
    for alert in body["alerts"]:
        alert |= {"labels": labels, "annotations": alert["annotations"] | error}
    first, second = drafts(SOURCE, body)
    assert first.description == second.description == error["Error"]
    assert first.rule == "QueueGrows"


@pytest.mark.parametrize("root", ["Message", "message.detail"])
def test_what_brought_the_body_may_have_wrapped_it(root: str) -> None:
    """SpaceONE's plugin has the option too, for bodies that come through SNS."""
    body = read(BODIES / "grafana" / "firing.json")
    wrapped = {"Message": json.dumps(body), "message": {"detail": body}}
    assert SOURCE.parse(wrapped, {"message_root": root}) == SOURCE.parse(body, {})


@pytest.mark.parametrize("root", ["Missing", "Message.a", "Message.", "list.0"])
def test_a_root_that_leads_nowhere_fails(root: str) -> None:
    with pytest.raises(ParseFailure, match="neither alerts"):
        SOURCE.parse({"Message": "no JSON", "list": [{"alerts": []}]}, {"message_root": root})


def test_one_bad_alert_leaves_its_siblings() -> None:
    good = {"status": "firing", "labels": {"alertname": "Down"}}
    results = SOURCE.parse({"version": "1", "alerts": ["x", good]}, {})
    assert normalise(results[1]).draft.title == "Down"
    with pytest.raises(ParseFailure):
        normalise(results[0])


@pytest.mark.parametrize("body", [{}, {"alerts": {}}, {"ruleName": "r"}])
def test_a_body_of_another_form_fails(body: dict[str, Any]) -> None:
    with pytest.raises(ParseFailure):
        SOURCE.parse(body, {})


@pytest.mark.parametrize(
    ("body", "recognised"),
    [
        ({"alerts": [], "version": "1", "orgId": 1}, True),
        ({"alerts": [], "version": 1.0, "receiver": "x"}, True),
        ({"alerts": [], "version": "4", "receiver": "x"}, False),
        ({"alerts": [], "version": "1"}, False),
        ({"ruleName": "r", "state": "ok"}, True),
        ({"ruleName": "r"}, False),
    ],
)
def test_recognises_its_bodies(body: dict[str, Any], *, recognised: bool) -> None:
    assert SOURCE.recognises(body) is recognised


@needs_payloads
@pytest.mark.parametrize("number", [1, 3, 4, 6, 7])
def test_agrees_with_spaceones_plugin(number: int) -> None:
    draft, plugins = recorded(SOURCE, f"grafana/{number}"), expected(f"grafana/{number}")
    assert compared(draft) == compared(plugins)
    assert (draft.title, draft.rule) == (plugins.title, plugins.rule)
    assert draft.occurred_at is None  # the plugin takes the clock's


@needs_payloads
def test_reads_what_spaceones_plugin_fails_on() -> None:
    without_ids, rule = recorded(SOURCE, "grafana/13"), recorded(SOURCE, "grafana/15")
    assert without_ids.title == "TEST -> Battery Voltage alert"
    assert (without_ids.severity, without_ids.event_type) == (Severity.WARNING, EventType.ALERT)
    assert len(without_ids.event_key) == 32
    assert (rule.rule, rule.severity) == ("Network Latency High", Severity.INFO)

"""Kibana's rule actions, alert documents and Watcher."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.elastic import SOURCE
from tests.parsers.drafts import BODIES, drafts, own, read

RULE = "8c7d6e5f-0001-4a4a-9b9b-1f2e3d4c5b6a"


def active(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "elastic" / "rule_active.json")
    return body | fields


def test_an_active_alert_of_a_rule() -> None:
    assert own(SOURCE, "rule_active") == EventDraft(
        event_key=f"elastic:{RULE}:web-3.example",
        event_type=EventType.ALERT,
        title="CPU of hosts",
        severity=Severity.WARNING,
        description="CPU is 91% in the last 5 min for web-3.example. Alert when above 85%.",
        rule="CPU of hosts",
        resources=("web-3.example",),
        additional_info={
            "url": "https://kibana.example/s/ops/app/observability/alerts/1111",
            "app_url": "https://kibana.example/s/ops/app/metrics",
            "rule_url": "https://kibana.example/s/ops/app/rules/8c7d6e5f",
            "kibana_url": "https://kibana.example",
            "rule_type": "metrics.alert.threshold",
            "space": "ops",
            "action_group": "metrics.threshold.warning",
            "alert": "web-3.example",
            "tags": "hosts, cpu",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_recovered_alert_has_its_key() -> None:
    recovered = own(SOURCE, "rule_recovered")
    assert recovered.event_type is EventType.RECOVERY
    assert recovered.event_key == own(SOURCE, "rule_active").event_key
    assert recovered.additional_info["tags"] == "hosts,cpu"


@pytest.mark.parametrize(
    "body",
    [
        {
            "rule.id": RULE,
            "rule.name": "CPU",
            "alert.id": "web-3",
            "alert.actionGroup": "recovered",
        },
        {
            "rule_id": RULE,
            "rule_name": "CPU",
            "alert_id": "web-3",
            "alert_action_group": "recovered",
        },
        {"ruleId": RULE, "ruleName": "CPU", "alertId": "web-3", "actionGroup": "recovered"},
    ],
)
def test_names_may_be_spelled_in_other_ways(body: dict[str, Any]) -> None:
    (draft,) = drafts(SOURCE, body)
    assert draft.event_key == f"elastic:{RULE}:web-3"
    assert (draft.event_type, draft.title) == (EventType.RECOVERY, "CPU")


def test_the_name_of_an_action_group_tells_the_state_where_its_id_is_not_said() -> None:
    body: dict[str, Any] = {"rule": {"id": "r-1", "name": "CPU"}}
    warned, over = (
        drafts(SOURCE, body | {"alert": {"id": "web-3", "actionGroupName": name}})[0]
        for name in ("Warning", "Recovered")
    )
    assert warned.event_key == over.event_key == "elastic:r-1:web-3"
    assert (warned.severity, over.event_type) == (Severity.WARNING, EventType.RECOVERY)
    both = {"id": "web-3", "actionGroup": "recovered", "actionGroupName": "Wiederhergestellt"}
    (translated,) = drafts(SOURCE, body | {"alert": both})
    assert translated.event_type is EventType.RECOVERY


def test_the_words_of_kibana_7() -> None:
    draft = own(SOURCE, "kibana_7")
    assert draft.event_key == "elastic:2222aaaa-0001-4a4a-9b9b-1f2e3d4c5b6a:query matched"
    assert (draft.title, draft.severity) == ("Too many log-ins fail", Severity.ERROR)
    assert (draft.description, draft.resources) == ("120 log-ins failed in 5 minutes", ())


def test_an_alert_document() -> None:
    draft = own(SOURCE, "alert_document")
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.CRITICAL)
    assert draft.resources == ("checkout_production",)
    recovered = read(BODIES / "elastic" / "alert_document.json")
    (after,) = drafts(SOURCE, recovered | {"kibana.alert.status": "recovered"})
    assert (after.event_type, after.event_key) == (EventType.RECOVERY, draft.event_key)


def test_a_watch_that_fired() -> None:
    draft = own(SOURCE, "watch")
    assert (draft.event_key, draft.title) == ("elastic:watch:cluster_health", "The cluster is red")
    assert (draft.severity, draft.event_type) == (Severity.CRITICAL, EventType.ALERT)
    assert draft.additional_info["hits"] == "3"


@pytest.mark.parametrize(
    ("context", "group", "severity"),
    [
        ({"severity": "Critical"}, "threshold met", Severity.CRITICAL),
        ({"severity": "low"}, "metrics.threshold.warning", Severity.INFO),
        ({"severity": "purple"}, "threshold met", Severity.NOT_AVAILABLE),
        ({}, "metrics.inventory_threshold.warning", Severity.WARNING),
        ({}, "threshold met", Severity.NONE),
    ],
)
def test_severities(context: dict[str, Any], group: str, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, active(context=context, alert={"id": "a", "actionGroup": group}))
    assert draft.severity is severity


def test_groups_are_resources() -> None:
    groups = [{"field": "host.name", "value": "web-3"}, {"field": "zone", "value": "b"}]
    (draft,) = drafts(SOURCE, active(context={"group": groups}))
    assert draft.resources == ("web-3", "b")
    (draft,) = drafts(SOURCE, active(context={"group": "*"}))
    assert draft.resources == ()


def test_a_rule_of_another_system_is_not_recognised() -> None:
    assert not SOURCE.recognises({"ruleId": 93, "ruleName": "Size", "state": "alerting"})
    assert not SOURCE.recognises({"watch_id": "a"})

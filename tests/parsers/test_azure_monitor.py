"""Azure Monitor's alerts, on bodies after its documented schemas and on real ones."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.azure_monitor import SOURCE
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

SUBSCRIPTION = "aaaa1111-0000-4000-8000-000000000000"
WEB_1 = "resourcegroups/web/providers/microsoft.compute/virtualmachines/web-1"


def test_a_fired_alert_of_the_common_schema() -> None:
    draft = own(SOURCE, "common_fired")
    condition = draft.additional_info["condition"]
    assert '"metricValue": 97.2' in condition
    assert draft == EventDraft(
        event_key=f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.AlertsManagement/alerts/"
        "bbbb2222-0000-4000-8000-000000000000",
        event_type=EventType.ALERT,
        title="web-cpu",
        severity=Severity.ERROR,
        description="A web node works at its limit",
        rule="web-cpu",
        resources=("web-1",),
        provider="azure",
        account=SUBSCRIPTION,
        additional_info={
            "signal_type": "Metric",
            "monitoring_service": "Platform",
            "resource_group": "web",
            "condition": condition,
            "affected_resources": f'["/subscriptions/{SUBSCRIPTION}/{WEB_1}"]',
            "team": "web",
        },
        occurred_at=datetime(2024, 7, 1, 10, 0, 0, 123_000),  # noqa: DTZ001 - naive UTC is meant
    )


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        ("common_fired", "common_resolved"),
        ("metric_activated", "metric_deactivated"),
        ("classic_activated", "classic_resolved"),
    ],
)
def test_the_end_has_the_key_of_the_beginning(began: str, ended: str) -> None:
    alert, recovery = own(SOURCE, began), own(SOURCE, ended)
    assert alert.event_key == recovery.event_key
    assert (alert.event_type, recovery.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert (alert.title, alert.severity) == (recovery.title, recovery.severity)
    assert alert.resources == recovery.resources


def test_an_alert_without_an_id_is_of_its_targets_in_any_order() -> None:
    body = read(BODIES / "azure_monitor" / "common_fired.json")
    del body["data"]["essentials"]["alertId"]
    keys = []
    for targets in (["/a/web-1", "/a/web-2"], ["/a/web-2", "/a/web-1"], ["/a/web-3", "/a/web-1"]):
        body["data"]["essentials"]["alertTargetIDs"] = targets
        keys.append(drafts(SOURCE, body)[0].event_key)
    assert keys[0] == keys[1] != keys[2]


def test_metric_and_classic_alerts() -> None:
    metric, classic = own(SOURCE, "metric_activated"), own(SOURCE, "classic_activated")
    assert (metric.severity, metric.resources) == (Severity.WARNING, ("files1",))
    assert metric.additional_info["portal_link"] == "https://portal.azure.example/#resource/files1"
    assert metric.additional_info["team"] == "storage"
    assert metric.account == SUBSCRIPTION
    assert (classic.severity, classic.resources) == (Severity.NOT_AVAILABLE, ("shop-front",))
    assert (classic.rule, classic.account) == ("many-requests", "cccc3333")


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Sev0", Severity.CRITICAL),
        ("sev1", Severity.ERROR),
        ("SEV2", Severity.WARNING),
        ("Sev3", Severity.INFO),
        ("Sev4", Severity.INFO),
        ("Sev9", Severity.NOT_AVAILABLE),
        (1.0, Severity.ERROR),
        (None, Severity.NOT_AVAILABLE),
    ],
)
def test_severity_words(word: object, severity: Severity) -> None:
    body = read(BODIES / "azure_monitor" / "common_fired.json")
    body["data"]["essentials"]["severity"] = word
    assert drafts(SOURCE, body)[0].severity is severity


def test_the_lowest_severity_of_the_metric_schema_is_none() -> None:
    """SpaceONE's plugin has it so there, and not in the common schema."""
    body = read(BODIES / "azure_monitor" / "metric_activated.json")
    body["data"]["context"]["severity"] = "4"
    assert drafts(SOURCE, body)[0].severity is Severity.NONE


@pytest.mark.parametrize("names", [None, []])
def test_without_names_the_targets_are_the_resources(names: object) -> None:
    body = read(BODIES / "azure_monitor" / "common_fired.json")
    body["data"]["essentials"]["configurationItems"] = names
    assert drafts(SOURCE, body)[0].resources == ("web-1",)
    body["data"]["essentials"]["alertTargetIDs"].append(f"/subscriptions/s/{WEB_1}/disks/d")
    assert set(drafts(SOURCE, body)[0].resources) == {"web-1", "d"}


def test_a_budget_of_the_common_schema_is_called_by_its_name() -> None:
    """It has no rule and no target, and its items are the word ``budgets``."""
    body = read(BODIES / "azure_monitor" / "common_fired.json")
    nothing = dict.fromkeys(("alertRule", "severity", "monitorCondition", "alertTargetIDs"))
    body["data"]["essentials"] |= nothing | {"configurationItems": ["budgets"]}
    body["data"]["alertContext"] = {
        "AlertCategory": "budgets",
        "AlertData": {"BudgetName": "web-month", "BudgetId": "/subscriptions/s/budgets/web-month"},
    }
    (draft,) = drafts(SOURCE, body)
    assert (draft.title, draft.rule) == ("Budget alarm web-month", "web-month")
    assert draft.resources == ("web-month",)
    assert draft.event_type is EventType.ALERT


def test_an_autoscale_notification_says_what_it_did() -> None:
    body = read(BODIES / "azure_monitor" / "classic_activated.json")
    del body["context"]["description"]
    body |= {"operation": "Scale Out"}
    body["context"] |= {"details": "From 3 to 4", "oldCapacity": "3", "newCapacity": "4"}
    assert drafts(SOURCE, body)[0].description == "From 3 to 4"


@pytest.mark.parametrize("body", [{}, {"data": []}, {"data": {"context": 1}}])
def test_a_body_of_another_form_fails(body: dict[str, Any]) -> None:
    with pytest.raises(ParseFailure):
        SOURCE.parse(body, {})


@pytest.mark.parametrize(
    "body",
    [
        {"status": "firing", "context": {"id": 1}},
        {"data": {"essentials": {}}},
        {"schemaId": "AzureMonitorMetricAlert"},
        {"schemaId": "x", "data": {"context": {"condition": {}}}},
    ],
)
def test_leaves_others_bodies(body: dict[str, Any]) -> None:
    assert not SOURCE.recognises(body)


@needs_payloads
def test_agrees_with_spaceones_plugin() -> None:
    draft, plugins = recorded(SOURCE, "azure_monitor/4"), expected("azure_monitor/4")
    assert compared(draft) == compared(plugins)
    assert (draft.title, draft.rule) == (plugins.title, plugins.rule)
    assert draft.occurred_at == plugins.occurred_at


@needs_payloads
def test_reads_the_classic_alert_that_spaceones_plugin_does_not() -> None:
    """The plugin finds nothing in it: title ``None``, no resource, and a key made of the clock."""
    draft, plugins = recorded(SOURCE, "azure_monitor/1"), expected("azure_monitor/1")
    assert plugins.title == "None"
    assert (draft.event_type, draft.severity) == (plugins.event_type, plugins.severity)
    assert draft.event_key.endswith("/alertrules/ruleName1")
    assert (draft.title, draft.resources) == ("ruleName1", ("mysite1",))


@needs_payloads
def test_reads_what_spaceones_plugin_fails_on() -> None:
    draft = recorded(SOURCE, "azure_monitor/3")
    assert (draft.title, draft.resources) == ("StorageCheck", ("diag500",))
    assert draft.event_key.endswith("/metricAlerts/StorageCheck")
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.NOT_AVAILABLE)

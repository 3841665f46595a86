"""Azure's alerts before the common schema: activity log, log search and budgets."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.azure_monitor import SOURCE
from tests.parsers.drafts import BODIES, drafts, own, read

SUBSCRIPTION = "aaaa1111-0000-4000-8000-000000000000"


def body(name: str) -> Any:
    return read(BODIES / "azure_monitor" / f"{name}.json")


def changed(name: str, **fields: Any) -> EventDraft:
    """The event of a body whose ``data`` has other fields."""
    whole = body(name)
    (draft,) = drafts(SOURCE, whole | {"data": whole["data"] | fields})
    return draft


def test_an_entry_of_the_activity_log() -> None:
    assert own(SOURCE, "activity_log_activated") == EventDraft(
        event_key="eeee5555-0000-4000-8000-000000000000",
        event_type=EventType.ALERT,
        title="Microsoft.Compute/virtualMachines/deallocate/action",
        severity=Severity.WARNING,
        rule="Microsoft.Compute/virtualMachines/deallocate/action",
        resources=("web-1",),
        provider="azure",
        account=SUBSCRIPTION,
        additional_info={
            "event_source": "Administrative",
            "caller": "operator@shop.example",
            "correlation_id": "dddd4444-0000-4000-8000-000000000000",
            "status": "Succeeded",
            "resource_group": "web",
            "entity": "web-1",
            "message": "Stopped by hand",
            "team": "web",
        },
        occurred_at=datetime(2024, 7, 1, 10, 0, 0, 567_000),  # noqa: DTZ001 - naive UTC is meant
    )


@pytest.mark.parametrize("status", ["Deactivated", "resolved"])
def test_the_end_of_an_entry_has_its_key(status: str) -> None:
    alert, recovery = (
        changed("activity_log_activated"),
        changed("activity_log_deactivated", status=status),
    )
    assert (alert.event_type, recovery.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert recovery._replace(event_type=EventType.ALERT) == alert


def test_the_health_of_a_service() -> None:
    draft = own(SOURCE, "service_health")
    assert (draft.title, draft.severity) == ("Disks - West Europe", Severity.ERROR)
    assert (draft.description, draft.resources) == ("Some disks answer slowly.", ("Disks",))
    assert draft.additional_info["trackingId"] == "AB1C-2D3"


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("Critical", Severity.CRITICAL),
        ("CRITICAL", Severity.CRITICAL),
        ("Informational", Severity.INFO),
        ("peculiar", Severity.NOT_AVAILABLE),
        (None, Severity.NOT_AVAILABLE),
    ],
)
def test_levels_of_the_activity_log(level: str | None, severity: Severity) -> None:
    whole = body("activity_log_activated")
    whole["data"]["context"]["activityLog"]["level"] = level
    assert drafts(SOURCE, whole)[0].severity is severity


def test_an_entry_without_an_id_has_a_key_of_what_it_is_about() -> None:
    keys = set()
    for status, resource in (("Activated", "a"), ("Deactivated", "a"), ("Activated", "b")):
        whole = body("activity_log_activated")
        log = whole["data"]["context"]["activityLog"]
        del log["eventDataId"]
        log["resourceId"] = resource
        whole["data"]["status"] = status
        keys.add(drafts(SOURCE, whole)[0].event_key)
    assert len(keys) == 2


def test_a_log_alert() -> None:
    draft = own(SOURCE, "log_alert")
    assert draft == EventDraft(
        event_key=draft.event_key,
        event_type=EventType.ALERT,
        title="silent-nodes",
        severity=Severity.ERROR,
        description="A node says nothing any more",
        rule="silent-nodes",
        resources=("web-1", "web-2"),
        provider="azure",
        account=SUBSCRIPTION,
        additional_info={
            "alert_type": "Number of results",
            "search_query": "Heartbeat | summarize max(TimeGenerated) by Computer",
            "search_link": "https://portal.azure.example/#search/silent-nodes",
            "result_count": "2",
            "threshold_operator": "Greater Than",
            "threshold": "0",
            "interval_seconds": "300",
            "workspace_id": "bbbb8888-0000-4000-8000-000000000000",
        },
        occurred_at=datetime(2024, 7, 1, 10),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_log_alert_keeps_its_key_from_time_to_time() -> None:
    key = own(SOURCE, "log_alert").event_key
    again = {"SearchIntervalEndtimeUtc": "2024-07-01T10:05:00Z", "ResultCount": 3}
    assert changed("log_alert", **again).event_key == key
    assert changed("log_alert", AffectedConfigurationItems=["web-1", "web-2"]).event_key == key
    over = changed("log_alert", MonitorCondition="Resolved")
    assert (over.event_key, over.event_type) == (key, EventType.RECOVERY)
    for other in (
        {"AlertRuleName": "other"},
        {"AffectedConfigurationItems": ["web-3"]},
        {"ResourceId": f"/subscriptions/{SUBSCRIPTION}/x/web-9"},
    ):
        assert changed("log_alert", **other).event_key != key


def test_a_log_alert_on_a_resource() -> None:
    resource = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/web/providers/x/web-9"
    draft = changed(
        "log_alert", ResourceId=resource, AffectedConfigurationItems=None, SubscriptionId=None
    )
    assert (draft.resources, draft.account) == (("web-9",), SUBSCRIPTION)


def test_a_log_alert_may_come_without_its_envelope() -> None:
    """As Log Analytics sends it."""
    (draft,) = drafts(SOURCE, body("log_alert")["data"])
    assert draft == own(SOURCE, "log_alert")


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("0", Severity.CRITICAL),
        (2.0, Severity.WARNING),
        ("Warning", Severity.WARNING),
        ("3", Severity.INFO),
        ("4", Severity.INFO),
        ("9", Severity.NOT_AVAILABLE),
        (None, Severity.NOT_AVAILABLE),
    ],
)
def test_severities_of_log_alerts(word: object, severity: Severity) -> None:
    assert changed("log_alert", Severity=word).severity is severity


def test_a_budget() -> None:
    draft = own(SOURCE, "budget")
    assert draft == EventDraft(
        event_key=draft.event_key,
        event_type=EventType.ALERT,
        title="Budget alarm shop-monthly",
        severity=Severity.ERROR,
        description="Spent 960.5 of 1200 EUR for Shop (threshold 0.8)",
        rule="shop-monthly",
        resources=("shop-monthly",),
        provider="azure",
        account=SUBSCRIPTION,
        additional_info={
            "subscription_name": "Shop",
            "spending_amount": "960.5",
            "budget": "1200",
            "unit": "EUR",
            "threshold": "0.8",
            "budget_start_date": "7/1/2024",
        },
    )


def test_a_budget_has_one_key_whatever_was_spent() -> None:
    key = own(SOURCE, "budget").event_key
    spent = {"SpendingAmount": "1300", "NotificationThresholdAmount": "1"}
    assert changed("budget", **spent).event_key == key
    for other in ({"BudgetName": "other"}, {"SubscriptionId": "s"}, {"ResourceGroup": "web"}):
        assert changed("budget", **other).event_key != key


@pytest.mark.parametrize(
    "name", ["activity_log_activated", "service_health", "log_alert", "budget"]
)
def test_is_read_without_its_schemas_name_too(name: str) -> None:
    without = {"data": body(name)["data"]}
    assert drafts(SOURCE, without) == [own(SOURCE, name)]


@pytest.mark.parametrize(
    ("schema", "field"),
    [("Microsoft.Insights/LogAlert", "AlertRuleName"), ("AIP Budget Notification", "BudgetName")],
)
def test_the_schemas_name_and_a_name_are_enough(schema: str, field: str) -> None:
    (draft,) = drafts(SOURCE, {"schemaId": schema, "data": {field: "n"}})
    assert (draft.rule, draft.description) == ("n", None)


@pytest.mark.parametrize(
    "other",
    [
        {"schemaId": "Microsoft.Insights/LogAlert"},
        {"schemaId": "AIP Budget Notification", "data": {"SpendingAmount": "1"}},
        {"data": {"BudgetName": "b"}},
        {"data": {"AlertRuleName": "r"}},
        {"data": {"context": {"activityLog": {"level": "Error"}}}},
    ],
)
def test_leaves_what_says_too_little(other: dict[str, Any]) -> None:
    assert not SOURCE.recognises(other)

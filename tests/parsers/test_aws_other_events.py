"""Events of AWS's services that are about more than the resources which they name."""

from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers import datadog
from event_service.parsers.aws_sns import SOURCE
from tests.parsers.drafts import drafts

BUCKET = "arn:aws:s3:::shop-exports"


def event(kind: str, source: str, detail: dict[str, Any], *resources: str) -> EventDraft:
    (draft,) = drafts(
        SOURCE,
        {
            "version": "0",
            "id": "5f0c",
            "detail-type": kind,
            "source": source,
            "account": "210987654321",
            "time": "2024-07-01T10:00:00Z",
            "region": "eu-west-1",
            "resources": list(resources),
            "detail": detail,
        },
    )
    return draft


def access_finding(number: str, **detail: Any) -> EventDraft:
    found = {
        "id": number,
        "status": "ACTIVE",
        "resource": BUCKET,
        "resourceType": "AWS::S3::Bucket",
    }
    analyzer = "arn:aws:access-analyzer:eu-west-1:210987654321:analyzer/shop"
    kind, source = "Access Analyzer Finding", "aws.access-analyzer"
    return event(kind, source, found | detail, analyzer)


@pytest.mark.parametrize(
    "end", [{"status": "RESOLVED"}, {"status": "ARCHIVED"}, {"isDeleted": True}]
)
def test_each_finding_of_an_analyzer_has_an_end_of_its_own(end: dict[str, Any]) -> None:
    began, over, other = (
        access_finding("f-1"),
        access_finding("f-1", **end),
        access_finding("f-2"),
    )
    assert began.event_key == over.event_key != other.event_key
    assert (began.event_type, over.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert began.resources == (BUCKET,)


def test_each_finding_of_macie_is_an_event() -> None:
    detail = {
        "id": "m-1",
        "type": "SensitiveData:S3Object/Personal",
        "title": "The object holds names",
        "severity": {"score": 3, "description": "High"},
        "resourcesAffected": {"s3Bucket": {"name": "shop-exports"}},
        "archived": False,
        "count": 1,
    }
    began, again, other, over = (
        event("Macie Finding", "aws.macie", detail | changed)
        for changed in ({}, {"count": 2}, {"id": "m-2"}, {"archived": True})
    )
    assert (began.title, began.rule) == (detail["title"], detail["type"])
    assert (began.severity, began.resources) == (Severity.ERROR, ("shop-exports",))
    assert began.event_key == again.event_key == over.event_key != other.event_key
    assert (again.event_type, over.event_type) == (EventType.ALERT, EventType.RECOVERY)


def advised(status: str, resource: str = "", **about: str) -> EventDraft:
    kind, source = "Trusted Advisor Check Item Refresh Notification", "aws.trustedadvisor"
    detail = {
        "check-name": "Service Limits",
        "check-item-detail": about,
        "status": status,
        "resource_id": resource,
    }
    return event(kind, source, detail)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (({"resource": BUCKET}), ({"resource": BUCKET + "-2"})),
        ({"Region": "eu-west-1", "Service": "EC2"}, {"Region": "eu-west-2", "Service": "EC2"}),
    ],
)
def test_an_item_of_trusted_advisor_ends_when_it_is_well(
    one: dict[str, str], another: dict[str, str]
) -> None:
    usage = "Current Usage"
    warned, failed = advised("WARN", **one, **{usage: "8"}), advised("ERROR", **one, **{usage: "9"})
    over, other = advised("OK", **one, **{usage: "2"}), advised("ERROR", **another)
    assert warned.event_key == failed.event_key == over.event_key != other.event_key
    assert (warned.severity, failed.severity) == (Severity.WARNING, Severity.ERROR)
    assert (failed.event_type, over.event_type) == (EventType.ALERT, EventType.RECOVERY)


def test_calls_that_cloudtrail_saw_are_told_apart() -> None:
    kind, source = "AWS API Call via CloudTrail", "aws.s3"
    removed, again, made = (
        event(
            kind, source, {"eventSource": "s3.amazonaws.com", "eventName": name, "eventID": number}
        )
        for name, number in (("DeleteBucket", "1"), ("DeleteBucket", "2"), ("CreateBucket", "3"))
    )
    assert removed.event_key == again.event_key != made.event_key


def test_the_order_of_an_events_resources_changes_nothing() -> None:
    kind, source = "EBS Snapshot Notification", "aws.ec2"
    first, second = (event(kind, source, {}, *names) for names in (("a", "b"), ("b", "a")))
    assert first.event_key == second.event_key


def monitored(
    transition: str, kind: str, number: float = 81, group: str | None = None
) -> EventDraft:
    """As Datadog puts a change of a monitor's state on a bus."""
    monitor = {"id": number, "org_id": 4, "name": "Orders wait", "message": "@bus", "query": "q"}
    return event(
        "Datadog Alert Notification",
        "aws.partner/datadog.com/shop",
        {
            "alert_type": kind,
            "event_type": "query_alert_monitor",
            "meta": {
                "monitor": monitor,
                "result": {"result_ts": 1719828000, "group": group},
                "transition": {"trans_name": transition, "trans_type": "alert"},
            },
            "priority": "normal",
            "tags": ["queue:orders", "monitor"],
        },
    )


def test_a_monitor_of_datadogs_on_a_bus_is_as_by_its_webhook() -> None:
    began, warned = monitored("Triggered", "error"), monitored("Warn", "warning")
    over = monitored("Recovered", "success")
    assert (began.title, began.severity) == ("Orders wait", Severity.ERROR)
    assert (warned.severity, over.event_type) == (Severity.WARNING, EventType.RECOVERY)
    assert began.event_key == warned.event_key == over.event_key
    by_webhook = {
        "alert_id": "81",
        "org_id": "4",
        "alert_title": "Orders wait",
        "alert_transition": "Recovered",
        "alert_type": "success",
    }
    (same,) = drafts(datadog.SOURCE, by_webhook)
    assert same.event_key == over.event_key
    others = (
        monitored("Triggered", "error", number=82),
        monitored("Triggered", "error", group="b"),
    )
    assert len({began.event_key, *(other.event_key for other in others)}) == 3

"""Changes of compliance that AWS Config tells of, on a body after its documented schema."""

import json
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventType, Severity
from event_service.parsers.aws_sns import SOURCE
from tests.parsers.drafts import BODIES, drafts, read

BUCKET = "shop-invoices"


def change(compliance: str, **fields: Any) -> dict[str, Any]:
    return {
        "messageType": "ComplianceChangeNotification",
        "awsAccountId": "210987654321",
        "awsRegion": "eu-west-1",
        "configRuleName": "s3-bucket-logging",
        "configRuleARN": "arn:aws:config:eu-west-1:210987654321:config-rule/config-rule-1",
        "resourceType": "AWS::S3::Bucket",
        "resourceId": BUCKET,
        "newEvaluationResult": {
            "complianceType": compliance,
            "resultRecordedTime": "2024-07-01T10:00:00.000Z",
            "annotation": "The bucket keeps no log.",
        },
        "notificationCreationTime": "2024-07-01T10:00:01.000Z",
    } | fields


def by_eventbridge(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "detail-type": "Config Rules Compliance Change",
        "source": "aws.config",
        "account": "210987654321",
        "region": "eu-west-1",
        "time": "2024-07-01T10:00:02Z",
        "resources": [],
        "detail": told,
    }


def by_config(told: dict[str, Any]) -> dict[str, Any]:
    envelope: dict[str, Any] = read(BODIES / "aws_sns" / "text.json")
    return envelope | {"Subject": "[AWS Config:eu-west-1] ...", "Message": json.dumps(told)}


@pytest.mark.parametrize("compliance", ["COMPLIANT", "NOT_APPLICABLE"])
def test_a_rule_that_is_kept_again_recovers(compliance: str) -> None:
    (broken,) = drafts(SOURCE, by_eventbridge(change("NON_COMPLIANT")))
    (kept,) = drafts(SOURCE, by_eventbridge(change(compliance)))
    assert (broken.event_type, kept.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert kept.event_key == broken.event_key
    assert (broken.severity, kept.severity) == (Severity.WARNING, Severity.INFO)
    assert (broken.rule, broken.resources) == ("s3-bucket-logging", (BUCKET,))
    assert broken.description == "The bucket keeps no log."
    assert broken.occurred_at == datetime(2024, 7, 1, 10)  # noqa: DTZ001 - naive UTC is meant


def test_config_itself_tells_the_same() -> None:
    told = change("NON_COMPLIANT")
    assert drafts(SOURCE, by_config(told)) == drafts(SOURCE, by_eventbridge(told))
    assert drafts(SOURCE, told) == drafts(SOURCE, by_eventbridge(told))


@pytest.mark.parametrize("other", [{"resourceId": "shop-logs"}, {"configRuleName": "s3-tags"}])
def test_another_rule_or_resource_is_another_event(other: dict[str, str]) -> None:
    (first,) = drafts(SOURCE, by_eventbridge(change("NON_COMPLIANT")))
    (second,) = drafts(SOURCE, by_eventbridge(change("NON_COMPLIANT", **other)))
    assert second.event_key != first.event_key

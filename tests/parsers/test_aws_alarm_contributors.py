"""CloudWatch alarms on several time series, each of which (a contributor) has its own state."""

import json
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.aws_sns import SOURCE
from tests.parsers.drafts import BODIES, drafts, read

ALARM = "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:orders-queue-age"


def told_by_topic(state: str, contributor: str, **attributes: object) -> EventDraft:
    """The alarm as CloudWatch sends it to a topic: with the contributor, without dimensions."""
    envelope = read(BODIES / "aws_sns" / "alarm.json")
    message = json.loads(envelope["Message"]) | {
        "NewStateValue": state,
        "AlarmContributorId": contributor,
        "AlarmContributorAttributes": attributes,
        "Trigger": {"Metrics": [{"Id": "m1", "Expression": "SELECT MAX(Age)", "ReturnData": True}]},
    }
    (draft,) = drafts(SOURCE, {**envelope, "Message": json.dumps(message)})
    return draft


def told_by_eventbridge(state: str, contributor: object) -> EventDraft:
    event: dict[str, Any] = read(BODIES / "aws_sns" / "bare_alarm_state_change.json")
    event["detail-type"] = "CloudWatch Alarm Contributor State Change"
    del event["detail"]["previousState"]
    event["detail"]["state"]["value"] = state
    event["detail"]["configuration"]["metrics"] = [{"id": "m1", "expression": "SELECT MAX(Age)"}]
    event["detail"]["alarmContributor"] = contributor
    (draft,) = drafts(SOURCE, event)
    return draft


def test_the_end_of_one_contributor_leaves_the_others_alert_open() -> None:
    orders, mails = (
        told_by_topic("ALARM", "c0ffee01", QueueName="orders"),
        told_by_topic("OK", "c0ffee02", QueueName="mails"),
    )
    assert (orders.event_key, mails.event_key) == (f"{ALARM}:c0ffee01", f"{ALARM}:c0ffee02")
    assert (orders.event_type, mails.event_type) == (EventType.ALERT, EventType.RECOVERY)


def test_a_contributor_is_the_resource() -> None:
    draft = told_by_topic("ALARM", "c0ffee01", QueueName="orders", Retries=3.0)
    assert draft.resources == (
        "Retries=3 (EU (Ireland))",
        "QueueName=orders (EU (Ireland))",
    )
    assert draft.additional_info["AlarmContributorId"] == "c0ffee01"
    assert (draft.title, draft.severity) == ("orders-queue-age", Severity.ERROR)


@pytest.mark.parametrize(
    ("state", "event_type", "severity"),
    [
        ("ALARM", EventType.ALERT, Severity.ERROR),
        ("OK", EventType.RECOVERY, Severity.INFO),
    ],
)
def test_eventbridge_tells_of_a_contributor_as_the_topic_does(
    state: str, event_type: EventType, severity: Severity
) -> None:
    draft = told_by_eventbridge(state, {"id": "c0ffee01", "attributes": {"QueueName": "orders"}})
    assert draft.event_key == told_by_topic(state, "c0ffee01", QueueName="orders").event_key
    assert (draft.event_type, draft.severity) == (event_type, severity)
    assert (draft.title, draft.resources) == ("orders-queue-age", ("QueueName=orders (eu-west-1)",))


@pytest.mark.parametrize("contributor", [None, "c0ffee01", {"id": None, "attributes": []}])
def test_without_a_contributors_id_it_is_the_alarm(contributor: object) -> None:
    draft = told_by_eventbridge("ALARM", contributor)
    assert (draft.event_key, draft.resources) == (ALARM, ())

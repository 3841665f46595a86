"""What AWS sends, on bodies written after its documented schemas and on real ones."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers import alertmanager, direct, grafana
from event_service.parsers.aws_sns import SOURCE
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure, Source
from tests.parsers.drafts import (
    BODIES,
    PAYLOADS,
    compared,
    drafts,
    expected,
    needs_payloads,
    own,
    read,
    recorded,
)

QUEUE_ALARM = "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:orders-queue-age"
ACCOUNT = "210987654321"
REGISTRY = ParserRegistry(installed_sources())


def body(name: str) -> Any:
    return read(BODIES / "aws_sns" / f"{name}.json")


def enveloped(message: object) -> dict[str, Any]:
    return {**body("alarm"), "Message": json.dumps(message)}


def test_an_alarm() -> None:
    assert own(SOURCE, "alarm") == EventDraft(
        event_key=QUEUE_ALARM,
        event_type=EventType.ALERT,
        title="orders-queue-age",
        severity=Severity.ERROR,
        description="Threshold Crossed: 5 datapoints were greater than the threshold (600.0).",
        rule="orders-queue-age",
        resources=("[AWS/SQS] QueueName=orders (EU (Ireland))",),
        provider="aws",
        account=ACCOUNT,
        additional_info={
            "AWSAccountId": ACCOUNT,
            "AlarmArn": QUEUE_ALARM,
            "AlarmName": "orders-queue-age",
            "AlarmDescription": "Orders wait too long",
            "OldStateValue": "OK",
            "Region": "EU (Ireland)",
            "MetricName": "ApproximateAgeOfOldestMessage",
            "Namespace": "AWS/SQS",
        },
        occurred_at=datetime(2024, 7, 1, 10, 0, 5),  # noqa: DTZ001 - naive UTC is meant
    )


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        ("alarm", "alarm_ok"),
        ("bare_alarm_state_change", "alarm_ok"),
        ("bare_health_open", "health_closed"),
        ("bare_guardduty_finding", "guardduty_archived"),
    ],
)
def test_the_end_has_the_key_of_the_beginning(began: str, ended: str) -> None:
    alert, recovery = own(SOURCE, began), own(SOURCE, ended)
    assert alert.event_key == recovery.event_key
    assert (alert.event_type, recovery.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert alert.title == recovery.title


def test_insufficient_data_is_no_recovery() -> None:
    message = json.loads(body("alarm")["Message"]) | {"NewStateValue": "INSUFFICIENT_DATA"}
    (draft,) = drafts(SOURCE, enveloped(message))
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.NOT_AVAILABLE)


def test_an_alarm_without_an_arn_has_a_key_of_its_place_and_name() -> None:
    message = json.loads(body("alarm")["Message"])
    del message["AlarmArn"]
    (alarm,) = drafts(SOURCE, enveloped(message))
    (ok,) = drafts(SOURCE, enveloped(message | {"NewStateValue": "OK"}))
    (other,) = drafts(SOURCE, enveloped(message | {"Region": "US East (N. Virginia)"}))
    assert alarm.event_key == ok.event_key != other.event_key


def test_one_alarm_is_one_event_whatever_its_dimensions() -> None:
    message = json.loads(body("alarm")["Message"])
    message["Trigger"]["Dimensions"].append({"name": "Stage", "value": "prod"})
    (draft,) = drafts(SOURCE, enveloped(message))
    assert sorted(draft.resources) == [
        "[AWS/SQS] QueueName=orders (EU (Ireland))",
        "[AWS/SQS] Stage=prod (EU (Ireland))",
    ]


def test_a_bare_composite_alarm() -> None:
    draft = own(SOURCE, "bare_composite_alarm")
    assert (draft.title, draft.severity, draft.resources) == ("shop-down", Severity.ERROR, ())
    assert "AND" in draft.additional_info["AlarmRule"]


def test_a_health_event() -> None:
    draft = own(SOURCE, "bare_health_open")
    assert (draft.title, draft.rule) == ("Aws Rds Operational Issue", "issue")
    assert (draft.severity, draft.account) == (Severity.ERROR, ACCOUNT)
    assert draft.description == (
        "Some databases answer slowly.\nWe look into it.\n\nAffected entities:\n - shop-db"
    )
    assert draft.occurred_at == datetime(2024, 7, 1, 9, 58)  # noqa: DTZ001 - naive UTC is meant
    assert draft.additional_info["affectedEntities"] == '["shop-db"]'


def test_a_health_event_that_is_over_has_the_severity_of_its_category() -> None:
    """As SpaceONE's plugin has it."""
    closed = own(SOURCE, "health_closed")
    assert (closed.event_type, closed.severity) == (EventType.RECOVERY, Severity.ERROR)


def test_a_notice_of_health_is_for_information() -> None:
    notice = body("bare_health_open")
    notice["detail"]["eventTypeCategory"] = "accountNotification"
    assert drafts(SOURCE, notice)[0].severity is Severity.INFO


def test_a_finding_of_guardduty() -> None:
    draft = own(SOURCE, "bare_guardduty_finding")
    assert (draft.severity, draft.resources) == (Severity.ERROR, ("i-0aaa1111bbbb2222c",))
    assert draft.rule == "CryptoCurrency:EC2/BitcoinTool.B!DNS"
    assert draft.occurred_at == datetime(2024, 7, 1, 9, 40)  # noqa: DTZ001 - naive UTC is meant


@pytest.mark.parametrize(
    ("number", "severity"),
    [
        (9.5, Severity.CRITICAL),
        (8.9, Severity.ERROR),
        (7, Severity.ERROR),
        (4.0, Severity.WARNING),
        (2, Severity.INFO),
        ("high", Severity.NOT_AVAILABLE),
        (None, Severity.NONE),
    ],
)
def test_severities_of_guardduty(number: object, severity: Severity) -> None:
    finding = body("bare_guardduty_finding")
    finding["detail"]["severity"] = number
    assert drafts(SOURCE, finding)[0].severity is severity


def test_any_other_event() -> None:
    draft = own(SOURCE, "bare_spot_interruption")
    assert draft.title == draft.rule == "EC2 Spot Instance Interruption Warning"
    assert draft.description == (
        '{"instance-id": "i-0ddd3333eeee4444f", "instance-action": "terminate"}'
    )
    assert draft.resources == ("arn:aws:ec2:eu-west-1a:instance/i-0ddd3333eeee4444f",)
    assert (draft.provider, draft.account, draft.severity) == ("aws", ACCOUNT, Severity.NONE)
    again = body("bare_spot_interruption") | {"id": "x", "time": "2024-07-01T10:01:00Z"}
    assert drafts(SOURCE, again)[0].event_key == draft.event_key


def test_an_event_that_a_notification_rule_sends() -> None:
    """CodePipeline and its kin spell the kind of an event otherwise than EventBridge does."""
    pipeline = f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:release"
    event = {
        "account": ACCOUNT,
        "region": "eu-west-1",
        "source": "aws.codepipeline",
        "detailType": "CodePipeline Pipeline Execution State Change",
        "time": "2024-07-01T10:00:00Z",
        "resources": [pipeline],
        "detail": {"pipeline": "release", "execution-id": "e-1", "state": "FAILED"},
        "additionalAttributes": {},
    }
    again = event | {"time": "2024-07-01T11:00:00Z", "detail": {"execution-id": "e-2"}}
    (draft,), (repeat,) = (drafts(SOURCE, enveloped(each)) for each in (event, again))
    assert draft.title == draft.rule == "CodePipeline Pipeline Execution State Change"
    assert (draft.resources, draft.account) == ((pipeline,), ACCOUNT)
    assert repeat.event_key == draft.event_key
    as_eventbridge = {**event, "detail-type": event["detailType"]}
    assert drafts(SOURCE, as_eventbridge)[0].event_key == draft.event_key
    assert drafts(SOURCE, event)[0].event_key == draft.event_key


def test_a_text() -> None:
    draft = own(SOURCE, "text")
    assert (draft.title, draft.account) == ("Backup failed", ACCOUNT)
    assert draft.description == "The nightly backup of shop-db failed.\nSee the log of the job."
    without_subject = {name: body("text")[name] for name in ("Type", "TopicArn", "Message")}
    assert drafts(SOURCE, without_subject)[0].title == "The nightly backup of shop-db failed."


@pytest.mark.parametrize("source", [alertmanager.SOURCE, grafana.SOURCE])
def test_the_alerts_that_another_sender_publishes_as_json(source: Source) -> None:
    for name in ("firing", "resolved"):
        published = read(BODIES / source.name / f"{name}.json")
        assert drafts(SOURCE, enveloped(published)) == drafts(source, published)


OTHERS = [
    *(BODIES / "pagerduty" / f"{name}.json" for name in ("triggered", "resolved", "annotated")),
    *(BODIES / "newrelic" / f"{name}.json" for name in ("issue_activated", "issue_closed")),
    *(BODIES / "opsgenie" / f"{name}.json" for name in ("create", "close")),
    *(BODIES / "kubernetes" / f"{name}.json" for name in ("node_not_ready", "node_ready")),
]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_another_sender_publishes_or_puts_on_a_bus_is_what_it_is_alone(path: Path) -> None:
    published = read(path)
    alone = REGISTRY.read(None, published, {}).results
    on_bus = body("bare_spot_interruption") | {"source": "shop.alerts", "detail": published}
    from_partner = on_bus | {"source": "aws.partner/example.com/shop"}
    quoted = enveloped(json.dumps(published))
    for told in (enveloped(published), quoted, on_bus, from_partner, enveloped(on_bus)):
        assert SOURCE.recognises(told)
        assert SOURCE.parse(told, {}) == alone


def test_an_event_of_our_own_shape_within_an_envelope() -> None:
    """As alone, also when it is for its title and key alone that it is one."""
    began = {"title": "Disk is full", "event_key": "disk:web-1", "severity": "ERROR"}
    over = {"title": "Disk is well", "event_key": "disk:web-1", "event_type": "RECOVERY"}
    both = {"results": [began, {"title": "Another"}, over]}
    on_bus = body("bare_spot_interruption") | {"source": "shop.alerts"}
    event: dict[str, Any]
    for event in (began, over, both):
        alone = drafts(direct.SOURCE, event)
        assert drafts(SOURCE, enveloped(event)) == alone
        assert drafts(SOURCE, on_bus | {"detail": event}) == alone
    of_aws = body("bare_spot_interruption") | {"detail": over}
    assert drafts(SOURCE, of_aws)[0].event_key != "disk:web-1"


def test_alerts_as_amazons_managed_prometheus_is_told_to_write_them() -> None:
    """Its manual's template has no version, and times as Go writes them."""
    published = read(BODIES / "alertmanager" / "firing.json")
    del published["version"]
    for alert in published["alerts"]:
        alert |= {
            "startsAt": "2024-07-01 12:00:05.25 +0200 CEST",
            "endsAt": "0001-01-01 00:00:00 +0000 UTC",
        }
    sent = drafts(SOURCE, enveloped(published))
    assert [draft.event_key for draft in sent] == [
        alert["fingerprint"] for alert in published["alerts"]
    ]
    begun = datetime(2024, 7, 1, 10, 0, 5, 250_000)  # noqa: DTZ001 - naive UTC is meant
    assert {draft.occurred_at for draft in sent} == {begun}
    never = {"startsAt": "0001-01-01 00:00:00 +0000 UTC"}
    (unset,) = drafts(SOURCE, enveloped(published | {"alerts": [published["alerts"][0] | never]}))
    assert unset.occurred_at is None


def test_a_text_that_begins_with_its_state() -> None:
    """As Alertmanager publishes it, the one of Amazon's managed Prometheus above all."""
    said = ("[FIRING:2] DiskFull (web)", "[FIRING:1] DiskFull (web)", "[RESOLVED] DiskFull (web)")
    more, fewer, over = (drafts(SOURCE, body("text") | {"Subject": each})[0] for each in said)
    assert more.event_key == fewer.event_key == over.event_key
    assert (more.event_type, over.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert (more.title, more.severity) == (said[0], Severity.NONE)
    (other,) = drafts(SOURCE, body("text") | {"Subject": "CRITICAL: DiskFull (mail)"})
    assert other.event_key != more.event_key
    assert (other.event_type, other.severity) == (EventType.ALERT, Severity.CRITICAL)


def test_a_text_about_an_alarm_begins_with_cloudwatchs_state() -> None:
    """Its subjects go on when what stands between puts the alarm into words of its own."""
    states = ("ALARM", "INSUFFICIENT_DATA", "OK")
    subjects = [f'{state}: "orders-queue-age" in EU (Ireland)' for state in states]
    began, unknown, over = (
        drafts(SOURCE, body("text") | {"Subject": subject})[0] for subject in subjects
    )
    assert began.event_key == unknown.event_key == over.event_key
    assert (began.event_type, unknown.event_type) == (EventType.ALERT, EventType.ALERT)
    assert over.event_type is EventType.RECOVERY


def test_a_text_with_the_subjects_of_zabbix() -> None:
    """They are its defaults: the time that a problem took is no part of what ends."""
    subjects = ("Problem: disk", "Updated problem in 2m: disk", "Resolved in 5m 2s: disk")
    began, updated, over = (
        drafts(SOURCE, body("text") | {"Subject": subject})[0] for subject in subjects
    )
    assert began.event_key == updated.event_key == over.event_key
    assert (updated.event_type, over.event_type) == (EventType.ALERT, EventType.RECOVERY)


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_confirmation_is_no_alarm(kind: str) -> None:
    assert drafts(SOURCE, body("subscription_confirmation") | {"Type": kind}) == []


@pytest.mark.parametrize("wrong", [{}, {"AlarmName": "a"}, {"Type": "Notification", "Message": ""}])
def test_a_body_of_another_form_fails(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParseFailure):
        SOURCE.parse(wrong, {})


@pytest.mark.parametrize(
    "other",
    [
        {"Message": "hello"},
        {"Type": "Notification", "Message": "hello"},
        {"source": "x", "detail": {}},
        {"AlarmName": "a"},
        {"Message": {"title": "t"}},
    ],
)
def test_leaves_others_bodies(other: dict[str, Any]) -> None:
    assert not SOURCE.recognises(other)


@needs_payloads
@pytest.mark.parametrize(
    "place",
    ["aws_sns/3", *(f"aws_health/{number}" for number in (1, 2, 3, 4, 5, 7))],
)
def test_agrees_with_spaceones_plugin_on_health(place: str) -> None:
    draft, plugins = recorded(SOURCE, place), expected(place)
    assert compared(draft) == compared(plugins)
    assert (draft.title, draft.rule, draft.account) == (
        plugins.title,
        plugins.rule,
        plugins.account,
    )
    assert draft.occurred_at == plugins.occurred_at


@needs_payloads
@pytest.mark.parametrize("number", [1, 2, 5])
def test_agrees_with_spaceones_plugin_on_alarms_but_for_the_key(number: int) -> None:
    """The plugin hashes the time into its key, by ten minutes: an OK never meets its ALARM."""
    draft, plugins = recorded(SOURCE, f"aws_sns/{number}"), expected(f"aws_sns/{number}")
    assert compared(draft) == {**compared(plugins), "event_key": draft.event_key}
    assert draft.event_key == draft.additional_info["AlarmArn"]
    assert draft.additional_info == plugins.additional_info
    assert (draft.title, draft.rule, draft.account, draft.occurred_at) == (
        plugins.title,
        plugins.rule,
        plugins.account,
        plugins.occurred_at,
    )


@needs_payloads
@pytest.mark.parametrize("number", [4, 7])
def test_a_recorded_confirmation_has_no_results(number: int) -> None:
    assert drafts(SOURCE, read(PAYLOADS / "aws_sns" / f"{number}.json")) == []


@needs_payloads
@pytest.mark.parametrize(
    ("number", "title", "severity", "resources"),
    [
        (8, "bucketbytesAlarm", Severity.ERROR, 2),
        (9, "notificationCountAlarm", Severity.NOT_AVAILABLE, 1),
        (10, "HighCPUUsage", Severity.NONE, 0),
    ],
)
def test_reads_what_spaceones_plugin_fails_on(
    number: int, title: str, severity: Severity, resources: int
) -> None:
    draft = recorded(SOURCE, f"aws_sns/{number}")
    assert (draft.title, draft.severity) == (title, severity)
    assert (draft.event_type, len(draft.resources)) == (EventType.ALERT, resources)

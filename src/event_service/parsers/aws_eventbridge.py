"""An EventBridge event: Health, findings and alarms by what they say, others as they are."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers import (
    aws_config,
    aws_datadog,
    aws_guardduty,
    aws_inspector,
    aws_other_findings,
    aws_security_hub,
    aws_trusted_advisor,
)
from event_service.parsers.aws_cloudwatch import alarm_result
from event_service.parsers.aws_health import health_result
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.reading import (
    at,
    first_text,
    json_text,
    mapping,
    mappings,
    sequence,
    text,
    texts,
    texts_of,
)
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_SEVERITIES = SeverityWords(CUSTOMARY, {"NONE": ("untriaged",)})
_SERVICES, _PARTNERS = "aws.", "aws.partner/"
_FINDINGS = (
    (aws_security_hub.is_finding, aws_security_hub.finding_result),
    (aws_inspector.is_finding, aws_inspector.finding_result),
    (aws_other_findings.is_finding, aws_other_findings.finding_result),
)
_ABOUT = (
    (aws_trusted_advisor.is_item, aws_trusted_advisor.item_result),
    (aws_datadog.is_change, aws_datadog.change_result),
)
_STATE_CHANGES = {"CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"}


def is_event(message: Mapping[str, Any]) -> bool:
    """Whether the message has an event's envelope: detail-type, source and detail."""
    named = _kind(message) is not None and text(message.get("source")) is not None
    return named and isinstance(message.get("detail"), Mapping)


def others_detail(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The detail of an event whose source is not a service of AWS, or None for all else."""
    source = text(message.get("source")) or ""
    is_awss = source.startswith(_SERVICES) and not source.startswith(_PARTNERS)
    return mapping(message.get("detail")) if is_event(message) and not is_awss else None


def event_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of an event."""
    kind, source = _kind(event), text(event.get("source"))
    if source == "aws.health" and text(at(event, "detail", "eventArn")) is not None:
        return health_result(event)
    if kind == "GuardDuty Finding":
        return aws_guardduty.finding_result(event)
    for is_finding, finding_result in _FINDINGS:
        if is_finding(kind, event):
            return finding_result(event)
    for is_about, result_of in _ABOUT:
        if is_about(event):
            return result_of(event)
    if kind in _STATE_CHANGES:
        return alarm_result(_as_alarm(event))
    change = mapping(event.get("detail"))
    is_change = aws_config.is_compliance_change(change)
    return aws_config.compliance_result(change) if is_change else _other(event)


def _other(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event of any service; its kind and its resources, in any order, are what it is about, and
    the call when it is one that CloudTrail saw.
    """
    detail = mapping(event.get("detail"))
    resources = texts_of(event.get("resources"))
    kind = _kind(event)
    about = [event.get(name) for name in ("account", "region", "source")]
    call = texts_of(*(detail.get(name) for name in ("eventSource", "eventName")))
    return {
        "event_key": derived_key(*about, kind, *sorted(resources), *call),
        "event_type": "ALERT",
        "title": first_text(detail.get("title"), kind),
        "description": first_text(
            detail.get("description"), detail.get("message"), json_text(detail)
        ),
        "severity": _SEVERITIES.severity(detail.get("severity")),
        "resources": resources,
        "rule": kind,
        "provider": "aws",
        "account": text(event.get("account")),
        "occurred_at": text(event.get("time")),
        "additional_info": texts({"source": event.get("source"), "region": event.get("region")}),
    }


def _kind(event: Mapping[str, Any]) -> str | None:
    """What kind of event it is; CodePipeline's notification rules and their kin spell it so too."""
    return first_text(event.get("detail-type"), event.get("detailType"))


def _as_alarm(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same change of state as CloudWatch would have sent it to a topic: one key, either way."""
    detail = mapping(event.get("detail"))
    metrics = mappings(at(detail, "configuration", "metrics"))
    return {
        "AlarmName": detail.get("alarmName"),
        "AlarmArn": next(iter(sequence(event.get("resources"))), None),
        "AlarmDescription": at(detail, "configuration", "description"),
        "AlarmRule": at(detail, "configuration", "alarmRule"),
        "AlarmContributorId": at(detail, "alarmContributor", "id"),
        "AlarmContributorAttributes": at(detail, "alarmContributor", "attributes"),
        "AWSAccountId": event.get("account"),
        "Region": event.get("region"),
        "NewStateValue": at(detail, "state", "value"),
        "NewStateReason": at(detail, "state", "reason"),
        "OldStateValue": at(detail, "previousState", "value"),
        "StateChangeTime": first_text(at(detail, "state", "timestamp"), event.get("time")),
        "Trigger": {"Metrics": [{"MetricStat": {"Metric": _as_metric(each)}} for each in metrics]},
    }


def _as_metric(metric: Mapping[str, Any]) -> Mapping[str, Any]:
    found = mapping(at(metric, "metricStat", "metric"))
    dimensions = mapping(found.get("dimensions"))
    return {
        "MetricName": found.get("name"),
        "Namespace": found.get("namespace"),
        "Dimensions": [{"name": name, "value": dimensions[name]} for name in dimensions],
    }

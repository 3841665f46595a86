"""A CloudWatch alarm that changed its state, as it is sent to an SNS topic."""

from collections.abc import Iterator, Mapping
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, joined, mapping, mappings, text, texts
from event_service.parsers.severity_words import SeverityWords

_STATES = SeverityWords({"ERROR": ("alarm", "alert"), "INFO": ("ok",)})
_ALARM_FIELDS = ("NewStateValue", "AlarmArn", "Trigger", "AlarmRule", "MetricName")
_INFO_FIELDS = (
    *("AWSAccountId", "AlarmArn", "AlarmName", "AlarmDescription", "OldStateValue", "Region"),
    *("AlarmRule", "Priority", "AlarmContributorId"),
)


def is_alarm(message: Mapping[str, Any]) -> bool:
    """Whether the message is an alarm: it has a name, and a state, metric or rule."""
    if text(message.get("AlarmName")) is None:
        return False
    return any(name in message for name in _ALARM_FIELDS)


def alarm_result(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of an alarm.

    Its key is the alarm's ARN, with the contributor if it is one of several time series that the
    alarm watches, each of which has a state of its own. SpaceONE's plugin puts the time into its
    keys, so that an alarm's OK never meets the ALARM before it; and it makes one event of each
    dimension of the one metric.
    """
    name = text(message.get("AlarmName"))
    state = text(message.get("NewStateValue"))
    names = list(_resource_names(message))
    metric = next(_metrics(message), {})
    return {
        "event_key": _event_key(message),
        "event_type": event_type({"ok"}, state),
        "title": name,
        "description": first_text(message.get("NewStateReason"), message.get("AlarmDescription")),
        "severity": _STATES.severity(state),
        "resource": {"name": next(iter(names), None)},
        "resources": names[1:],
        "rule": name,
        "provider": "aws",
        "account": text(message.get("AWSAccountId")),
        "occurred_at": text(message.get("StateChangeTime")),
        "additional_info": texts(
            {field: message.get(field) for field in _INFO_FIELDS},
            {"MetricName": metric.get("MetricName"), "Namespace": metric.get("Namespace")},
        ),
    }


def _event_key(message: Mapping[str, Any]) -> str | None:
    arn = text(message.get("AlarmArn"))
    place = (message.get("AWSAccountId"), message.get("Region"))
    alarm = arn or derived_key(*place, message.get("AlarmName"))
    return joined(alarm, message.get("AlarmContributorId"), by=":")


def _metrics(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The alarm's metric, or those that its expression is made of."""
    trigger = mapping(message.get("Trigger"))
    if text(trigger.get("MetricName")) is not None or "Dimensions" in trigger:
        yield trigger
    for each in mappings(trigger.get("Metrics")):
        metric = mapping(at(each, "MetricStat", "Metric"))
        if metric:
            yield metric
    if text(message.get("MetricName")) is not None:
        yield message


def _dimensions(message: Mapping[str, Any]) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """The contributor's attributes, then the dimensions of metrics, each with its namespace."""
    attributes = mapping(message.get("AlarmContributorAttributes"))
    for name in attributes:
        yield None, {"name": name, "value": attributes[name]}
    for metric in _metrics(message):
        for dimension in mappings(metric.get("Dimensions")):
            yield text(metric.get("Namespace")), dimension


def _resource_names(message: Mapping[str, Any]) -> Iterator[str]:
    region = text(message.get("Region"))
    seen = set()
    for namespace, dimension in _dimensions(message):
        pair = f"{text(dimension.get('name')) or ''}={text(dimension.get('value')) or ''}"
        name = joined(namespace and f"[{namespace}]", pair, region and f"({region})")
        if name is not None and name not in seen:
            seen.add(name)
            yield name

"""Amazon SNS notifications, and what AWS sends through them, also when it comes without them.

Within the envelope: CloudWatch alarms, EventBridge events (AWS Health and findings among them),
notices of RDS and its kin, the bodies of other senders, events of our own shape, or a text.
Signatures are not checked here, and no URL of a body is used: parsers are pure.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers import (
    aws_cloudwatch,
    aws_config,
    aws_eventbridge,
    aws_service_notices,
    carried,
    direct,
)
from event_service.parsers.aws_arns import account_of, region_of
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.reading import first_text, json_object, json_text, text, texts
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.state_marks import marked

_CONFIRMATIONS = {"SubscriptionConfirmation", "UnsubscribeConfirmation"}
_LONGEST_TITLE = 200


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result; none for the confirmation of a subscription, which is no alarm.

    What another sender publishes, or puts on a bus, is as many results as it would be without the
    envelope: Amazon's managed Prometheus tells of its alerts in no other way.
    Raises ParseFailure when the body is neither an envelope nor what AWS sends in one.
    """
    if text(body.get("Type")) in _CONFIRMATIONS:
        return ()
    has_message = "Message" in body
    message = _message(body) if has_message else body
    if message is None:
        return (_notification(body),)
    brought = _brought(message)
    if brought is not None:
        return brought
    known = _known(message, body if has_message else {})
    if known is None and not has_message:
        raise ParseFailure("The body has no Message, and is no alarm, event or notice of AWS")
    return (known if known is not None else _notification(body),)


def recognises(body: Body) -> bool:
    """Whether the body is an envelope, or an alarm, event or notice of AWS with or without one."""
    if is_envelope(body):
        return True
    message = _message(body) if "Message" in body else body
    return message is not None and _known(message, {}) is not None


def is_envelope(body: Body) -> bool:
    """Whether the body says that it is the envelope that SNS puts around everything it sends."""
    kind, topic = text(body.get("Type")), text(body.get("TopicArn"))
    return kind in {"Notification", *_CONFIRMATIONS} and topic is not None


def _message(body: Body) -> Mapping[str, Any] | None:
    message = body["Message"]
    found = message if isinstance(message, Mapping) else json_object(message)
    return found and aws_service_notices.in_one_form(found)


def _brought(message: Mapping[str, Any]) -> Sequence[object] | None:
    """What is not AWS's own: the message, or the detail of an event that another put on a bus."""
    detail = aws_eventbridge.others_detail(message)
    told = message if detail is None else detail
    brought = carried.results_of(told)
    if brought is None and direct.is_named(told):
        return direct.parse(told, {})
    return brought


def _known(message: Mapping[str, Any], envelope: Body) -> Mapping[str, Any] | None:
    if aws_cloudwatch.is_alarm(message):
        return aws_cloudwatch.alarm_result(message)
    if aws_eventbridge.is_event(message):
        return aws_eventbridge.event_result(message)
    if aws_config.is_compliance_change(message):
        return aws_config.compliance_result(message)
    if aws_service_notices.is_notice(message):
        return aws_service_notices.notice_result(message, envelope)
    return None


def _notification(envelope: Body) -> Mapping[str, Any]:
    """What anyone published to the topic: a text, or an object of no known form.

    The title without its state is the key: what Alertmanager and Grafana publish begins with it.
    """
    message = envelope["Message"]
    said = json_text(message) if isinstance(message, Mapping | list) else text(message)
    title = first_text(envelope.get("Subject"), (said or "").partition("\n")[0])
    if title is None:
        raise ParseFailure("The notification has neither a Subject nor a Message")
    topic = text(envelope.get("TopicArn"))
    mark = marked(title)
    return {
        "event_key": derived_key(topic, mark.about),
        "event_type": mark.event_type,
        "title": title[:_LONGEST_TITLE],
        "severity": mark.severity and mark.severity.upper(),
        "description": said,
        "provider": "aws",
        "account": account_of(topic),
        "occurred_at": text(envelope.get("Timestamp")),
        "additional_info": texts({"TopicArn": topic, "region": region_of(topic)}),
    }


SOURCE = Source(
    name="aws_sns",
    parse=parse,
    recognises=recognises,
    looks_like="an Amazon SNS envelope, a CloudWatch alarm, an EventBridge event or an RDS notice",
    marks=frozenset(
        {"TopicArn", "Message", "AlarmName", "Event Message", "messageType"}
        | {"detail-type", "detailType"}
    ),
    plugin_ids=(
        "plugin-aws-sns-mon-webhook",
        # Cloudforet had one for each of the two before that; old databases still name them.
        "plugin-aws-cloudwatch-mon-webhook",
        "plugin-aws-phd-mon-webhook",
    ),
)

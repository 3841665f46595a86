"""What RDS, DMS and ElastiCache tell an SNS topic of one of their sources."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.aws_arns import account_of, region_of
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.reading import first_text, text, texts

_ABOUT = ("Event Source", "Source ID", "SourceId", "Source ARN", "Event ID")
_ELASTICACHE = "ElastiCache:"
_LONGEST_TITLE = 200


def in_one_form(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message, but for ElastiCache's own form, an event's name with a cluster's, in RDS's."""
    event = next((name for name in message if name.startswith(_ELASTICACHE)), None)
    cluster = text(message.get(event)) if event is not None else None
    if event is None or cluster is None:
        return message
    return {
        "Event Source": "elasticache",
        "Source ID": cluster,
        "Event ID": event,
        "Event Message": f"{event} : {cluster}",
    }


def is_notice(message: Mapping[str, Any]) -> bool:
    """Whether the message has a service's text, and something that it is about."""
    about = any(text(message.get(name)) is not None for name in _ABOUT)
    return about and text(message.get("Event Message")) is not None


def notice_result(message: Mapping[str, Any], envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a notice: one key for each kind of event of a source.

    ``envelope`` is that of SNS, or empty for a notice without one.
    """
    said = text(message.get("Event Message")) or ""
    kind, event = text(message.get("Event Source")), _event_id(message)
    arn, topic = text(message.get("Source ARN")), text(envelope.get("TopicArn"))
    name = first_text(message.get("Source ID"), message.get("SourceId"), arn)
    return {
        "event_key": derived_key(topic, kind, arn or name, event),
        "event_type": "ALERT",
        "title": said.partition("\n")[0][:_LONGEST_TITLE],
        "description": said,
        "resource": {"name": name},
        "rule": event,
        "provider": "aws",
        "account": account_of(arn) or account_of(topic),
        "occurred_at": first_text(message.get("Event Time"), envelope.get("Timestamp")),
        "additional_info": texts(
            {
                "TopicArn": topic,
                "region": region_of(arn) or region_of(topic),
                "subject": envelope.get("Subject"),
                "event_source": kind,
                "source_arn": arn,
                "link": message.get("Identifier Link"),
            }
        ),
    }


def _event_id(message: Mapping[str, Any]) -> str | None:
    """``RDS-EVENT-0002`` of the address of a manual's page, which has changed over the years."""
    said = text(message.get("Event ID"))
    return said and (said.rpartition("#")[2] or said)

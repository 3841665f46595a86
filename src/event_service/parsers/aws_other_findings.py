"""A finding of Macie, IAM Access Analyzer or their kin, as EventBridge sends it."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, json_text, mapping, text, texts, texts_of
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_SEVERITIES = SeverityWords(CUSTOMARY)
# The last is what flags of findings say.
_OVER = {"resolved", "archived", "closed", "true"}


def is_finding(kind: str | None, event: Mapping[str, Any]) -> bool:
    """Whether an event is called a finding, and its detail has an id."""
    return "Finding" in (kind or "").split() and text(at(event, "detail", "id")) is not None


def finding_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a finding.

    Its id is its key: the event's own resources are those of what found it, or none. Resolved,
    archived or deleted, it recovers.
    """
    detail = mapping(event.get("detail"))
    kind = first_text(event.get("detail-type"), event.get("detailType"))
    status, affected = text(detail.get("status")), text(detail.get("resource"))
    bucket = at(detail, "resourcesAffected", "s3Bucket", "name")
    place = (event.get("account"), event.get("region"), event.get("source"))
    name = first_text(affected, bucket)
    over = (detail.get(flag) for flag in ("archived", "isDeleted"))
    return {
        "event_key": derived_key(*place, detail.get("id")),
        "event_type": event_type(_OVER, status, *over),
        "title": first_text(detail.get("title"), kind),
        "description": first_text(detail.get("description"), json_text(detail)),
        "severity": _SEVERITIES.severity(
            first_text(at(detail, "severity", "description"), detail.get("severity"))
        ),
        "resources": [name] if name else texts_of(event.get("resources")),
        "rule": first_text(detail.get("type"), kind),
        "provider": "aws",
        "account": first_text(detail.get("accountId"), event.get("account")),
        "occurred_at": text(event.get("time")),
        "additional_info": texts(
            {
                "source": event.get("source"),
                "region": event.get("region"),
                "status": status,
                "resource_type": detail.get("resourceType"),
            }
        ),
    }

"""A GuardDuty finding, as EventBridge sends it."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.reading import at, first_text, mapping, mappings, text, texts

# GuardDuty's levels, each by the least number that it has: 9 critical, 7 high, 4 medium, 1 low.
_LEVELS = ((9, "CRITICAL"), (7, "ERROR"), (4, "WARNING"), (0, "INFO"))
_LONGEST_NUMBER = 8


def finding_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a finding; archived, it recovers."""
    detail = mapping(event.get("detail"))
    archived = at(detail, "service", "archived") is True
    return {
        "event_key": first_text(detail.get("arn"), detail.get("id")),
        "event_type": "RECOVERY" if archived else "ALERT",
        "title": first_text(detail.get("title"), detail.get("type")),
        "description": text(detail.get("description")),
        "severity": _severity(detail.get("severity")),
        "resource": {"name": _resource_name(mapping(detail.get("resource")))},
        "rule": text(detail.get("type")),
        "provider": "aws",
        "account": first_text(detail.get("accountId"), event.get("account")),
        "occurred_at": first_text(
            at(detail, "service", "eventFirstSeen"), detail.get("createdAt"), event.get("time")
        ),
        "additional_info": texts(
            {
                "id": detail.get("id"),
                "type": detail.get("type"),
                "region": first_text(detail.get("region"), event.get("region")),
                "severity": detail.get("severity"),
                "count": at(detail, "service", "count"),
                "detector_id": at(detail, "service", "detectorId"),
                "last_seen": at(detail, "service", "eventLastSeen"),
            }
        ),
    }


def _severity(value: object) -> str:
    said = text(value)
    if said is None:
        return "NONE"
    try:
        number = float(said[:_LONGEST_NUMBER])
    except ValueError:
        return "NOT_AVAILABLE"
    return next((name for least, name in _LEVELS if number >= least), "NOT_AVAILABLE")


def _resource_name(resource: Mapping[str, Any]) -> str | None:
    buckets = mappings(resource.get("s3BucketDetails"))
    return first_text(
        at(resource, "instanceDetails", "instanceId"),
        *(bucket.get("name") for bucket in buckets),
        at(resource, "eksClusterDetails", "name"),
        at(resource, "ecsClusterDetails", "name"),
        at(resource, "rdsDbInstanceDetails", "dbInstanceIdentifier"),
        at(resource, "lambdaDetails", "functionName"),
        at(resource, "accessKeyDetails", "userName"),
    )

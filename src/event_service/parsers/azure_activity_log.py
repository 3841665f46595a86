"""An Azure activity-log alert: what was done to a resource, and the health of services."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.azure_health import health_event_type, health_key
from event_service.parsers.azure_meanings import last_part, subscription_of
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.reading import at, first_text, mapping, text, texts
from event_service.parsers.severity_words import CUSTOMARY, UNKNOWN, SeverityWords

_LEVELS = SeverityWords(
    CUSTOMARY,
    {"INFO": ("verbose",)},
    absent=UNKNOWN,  # as SpaceONE's plugin says it
)


def is_activity_log(data: Mapping[str, Any]) -> bool:
    """Whether the context is an entry of the activity log."""
    log = mapping(at(data, "context", "activityLog"))
    return first_text(log.get("eventDataId"), log.get("operationName")) is not None


def activity_log_result(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of an entry, with the key of SpaceONE's plugin but for notices on health."""
    log = mapping(at(data, "context", "activityLog"))
    about = mapping(log.get("properties"))
    operation = text(log.get("operationName"))
    resource_id = text(log.get("resourceId"))
    account = first_text(log.get("subscriptionId"), subscription_of(resource_id))
    return {
        "event_key": health_key(log, account, resource_id)
        or text(log.get("eventDataId"))
        or derived_key(log.get("correlationId"), operation, resource_id),
        "event_type": health_event_type(log, data.get("status")),
        "title": first_text(about.get("title"), operation),
        "description": first_text(
            log.get("description"), about.get("communication"), about.get("details")
        ),
        "severity": _LEVELS.severity(log.get("level")),
        "resource": {"name": first_text(last_part(resource_id), about.get("service"))},
        "rule": operation,
        "provider": "azure",
        "account": account,
        "occurred_at": text(log.get("eventTimestamp")),
        "additional_info": texts(
            {
                "event_source": log.get("eventSource"),
                "caller": log.get("caller"),
                "correlation_id": log.get("correlationId"),
                "status": log.get("status"),
                "resource_group": log.get("resourceGroupName"),
            },
            about,
            mapping(data.get("properties")),
        ),
    }

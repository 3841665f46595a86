"""Azure's notices on the health of its services and of resources: what they are about.

Azure sends one more notice for each change, the last one too, and calls all of them activated or
fired. Of an incident of a service all have one tracking id; a resource has one health.
"""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.azure_meanings import OVER
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import joined, mapping, text

_OVER = {*OVER, "rca", "complete", "canceled", "available"}


def health_key(log: Mapping[str, Any], account: str | None, resource_id: str | None) -> str | None:
    """The event key of what an entry of the activity log is a notice on, or None for other entries.

    ``account`` is the subscription: an incident is told to each that it concerns. SpaceONE's plugin
    has a key of each notice's own, so that no end meets its beginning.
    """
    about = mapping(log.get("properties"))
    incident = text(about.get("trackingId"))
    if incident is not None:
        return joined("azure:service-health", account, incident, by=":")
    if resource_id is not None and text(about.get("currentHealthStatus")) is not None:
        # The two schemas spell the same id with capitals and without.
        return f"azure:resource-health:{resource_id.lower()}"
    return None


def health_event_type(log: Mapping[str, Any], condition: object) -> str:
    """RECOVERY for a notice that an incident is over or a resource available, whatever its
    condition; else what the condition says.
    """
    about = mapping(log.get("properties"))
    stage = about.get("stage") if text(about.get("trackingId")) is not None else None
    return event_type(_OVER, stage, about.get("currentHealthStatus"), condition)

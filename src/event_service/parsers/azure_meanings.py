"""What Azure's words for a state say, and what its resource ids tell."""

import re

OVER = {"resolved", "deactivated"}
_SUBSCRIPTION = re.compile(r"/subscriptions/(?P<id>[^/]+)", re.IGNORECASE)


def subscription_of(resource_id: str | None) -> str | None:
    """The subscription of an Azure resource id, ``/subscriptions/<id>/...``."""
    found = _SUBSCRIPTION.match(resource_id or "")
    return found["id"] if found is not None else None


def last_part(resource_id: str | None) -> str | None:
    """The name that an Azure resource id ends with."""
    return (resource_id or "").rstrip("/").rpartition("/")[2] or None

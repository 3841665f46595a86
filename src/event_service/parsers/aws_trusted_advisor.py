"""One item of a check of AWS Trusted Advisor, as EventBridge sends it when it was looked at."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import joined, json_text, mapping, text, texts
from event_service.parsers.severity_words import SeverityWords

_STATUSES = SeverityWords({"ERROR": ("error",), "WARNING": ("warn",), "INFO": ("ok",)})
# What an item of a check on limits is of, which has no resource; the rest of it are counts.
_PLACES = ("Region", "Region/AZ", "Service", "Limit Name")


def is_item(event: Mapping[str, Any]) -> bool:
    """Whether an event is Trusted Advisor's, and names a check."""
    check = text(mapping(event.get("detail")).get("check-name"))
    return text(event.get("source")) == "aws.trustedadvisor" and check is not None


def item_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of an item: check and resource, or limit, are its key; when it is well again,
    it recovers.
    """
    detail = mapping(event.get("detail"))
    about = mapping(detail.get("check-item-detail"))
    check, status = text(detail.get("check-name")), text(detail.get("status"))
    resource = text(detail.get("resource_id"))
    places = [about.get(place) for place in _PLACES]
    account = text(event.get("account"))
    return {
        "event_key": derived_key(account, "aws.trustedadvisor", check, resource, *places),
        "event_type": event_type({"ok"}, status),
        "title": joined("Trusted Advisor:", check),
        "description": json_text(about) if about else None,
        "severity": _STATUSES.severity(status),
        "resources": [name for name in (resource or joined(*places),) if name],
        "rule": check,
        "provider": "aws",
        "account": account,
        "occurred_at": text(event.get("time")),
        "additional_info": texts({"source": event.get("source"), "status": status}),
    }

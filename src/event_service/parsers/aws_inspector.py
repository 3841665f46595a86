"""A finding of Amazon Inspector, as EventBridge sends it."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.reading import first_text, mapping, mappings, text, texts, texts_of
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_KIND = "Inspector2 Finding"
_SEVERITIES = SeverityWords(CUSTOMARY, {"NONE": ("untriaged",)})
# Somebody decided that a suppressed one is none.
_OVER = {"closed", "suppressed"}


def is_finding(kind: str | None, event: Mapping[str, Any]) -> bool:
    """Whether an event of that kind is a finding with a name of its own."""
    return kind == _KIND and text(mapping(event.get("detail")).get("findingArn")) is not None


def finding_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a finding: a resource may have many; closed or suppressed, it recovers."""
    detail = mapping(event.get("detail"))
    status = text(detail.get("status"))
    affected = texts_of(*(each.get("id") for each in mappings(detail.get("resources"))))
    return {
        "event_key": text(detail.get("findingArn")),
        "event_type": event_type(_OVER, status),
        "title": first_text(detail.get("title"), detail.get("type"), _KIND),
        "description": text(detail.get("description")),
        "severity": _SEVERITIES.severity(detail.get("severity")),
        "resources": affected or texts_of(event.get("resources")),
        "rule": text(detail.get("type")),
        "provider": "aws",
        "account": first_text(detail.get("awsAccountId"), event.get("account")),
        "occurred_at": text(event.get("time")),
        "additional_info": texts(
            {
                "status": status,
                "region": event.get("region"),
                "score": detail.get("inspectorScore"),
                "first_observed": detail.get("firstObservedAt"),
                "last_observed": detail.get("lastObservedAt"),
            }
        ),
    }

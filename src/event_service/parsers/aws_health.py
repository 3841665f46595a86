"""An AWS Health event, as EventBridge sends it."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.mail_dates import from_mail_date
from event_service.parsers.reading import (
    first_text,
    joined,
    mapping,
    mappings,
    text,
    texts,
    texts_of,
)

# As SpaceONE's plugin has it, which knows no investigations; a mere notice is for information.
_SEVERITY_OF = {"issue": "ERROR", "scheduledchange": "ERROR", "investigation": "ERROR"}


def health_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a Health event; closed, it recovers.

    The end that a scheduled change has from its start on is no recovery.
    """
    detail = mapping(event.get("detail"))
    affected = mappings(detail.get("affectedEntities"))
    entities = texts_of(*(each.get("entityValue") for each in affected))
    code = text(detail.get("eventTypeCode"))
    category = text(detail.get("eventTypeCategory"))
    status = text(detail.get("statusCode"))
    return {
        "event_key": text(detail.get("eventArn")),
        "event_type": event_type({"closed"}, status),
        "title": (code or "").replace("_", " ").title() or text(event.get("detail-type")),
        "description": _description(detail, entities),
        "severity": _SEVERITY_OF.get((category or "").lower(), "INFO"),
        "rule": category,
        "provider": "aws",
        "account": first_text(detail.get("affectedAccount"), event.get("account")),
        "occurred_at": from_mail_date(detail.get("startTime")) or text(event.get("time")),
        "additional_info": texts(
            {
                "id": event.get("id"),
                "account": event.get("account"),
                "region": first_text(detail.get("eventRegion"), event.get("region")),
                "service": detail.get("service"),
                "eventTypeCode": code,
                "statusCode": status,
                "endTime": detail.get("endTime"),
                "affectedEntities": entities,
            }
        ),
    }


def _description(detail: Mapping[str, Any], entities: list[str]) -> str | None:
    said = joined(
        *(each.get("latestDescription") for each in mappings(detail.get("eventDescription")))
    )
    # Health escapes line ends once or twice within the JSON text.
    plain = (said or "").replace("\\\\n", "\n").replace("\\n", "\n").strip()
    listed = "\n".join(f" - {entity}" for entity in entities)
    return joined(plain, listed and f"Affected entities:\n{listed}", by="\n\n")

"""An event as the database holds it, and back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from event_service.draft import EventDraft, EventType, Severity
from event_service.manager.read_values import choice_of, object_of, text_of
from event_service.stored_keys import from_stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bson.raw_bson import RawBSONDocument

    from event_service.manager.delivery import Delivery


def event_document(
    draft: EventDraft,
    info: RawBSONDocument,
    delivery: Delivery,
    event_id: str,
    alert_id: str,
) -> dict[str, Any]:
    """The document of an event, ``info`` being its additional_info.

    The tenant comes from the webhook alone (CONTRACT 3.5).
    """
    apart = {"body_id": delivery.body_id} if delivery.body_id else {}
    return {
        "event_id": event_id,
        **apart,  # here: see ``query.kept_apart``
        "event_key": draft.event_key,
        "event_type": draft.event_type.value,
        "title": draft.title,
        "description": draft.description,
        "severity": draft.severity.value,
        "rule": draft.rule,
        "image_url": draft.image_url,
        "resources": list(draft.resources),
        "provider": draft.provider,
        "account": draft.account,
        "additional_info": info,
        **({} if apart else {"raw_data": delivery.raw_data}),
        "alert_id": alert_id,
        "webhook_id": delivery.webhook_id,
        "project_id": delivery.project_id,
        "workspace_id": delivery.workspace_id,
        "domain_id": delivery.domain_id,
        "created_at": delivery.at,
        "occurred_at": draft.occurred_at,
        "repeat_count": 0,
        "last_repeated_at": None,
    }


def recorded_draft(document: Mapping[str, Any]) -> EventDraft:
    """What an event said when it was recorded, whoever recorded it.

    Foreign spellings of an enum count as unknown, and what is of another type as absent.
    """
    occurred_at, resources = document.get("occurred_at"), document.get("resources")
    return EventDraft(
        event_key=document["event_key"],
        event_type=choice_of(EventType, document.get("event_type")) or EventType.ALERT,
        title=text_of(document.get("title")),
        severity=choice_of(Severity, document.get("severity")) or Severity.NONE,
        description=text_of(document.get("description")) or None,
        rule=text_of(document.get("rule")) or None,
        image_url=text_of(document.get("image_url")) or None,
        resources=tuple(map(text_of, resources)) if isinstance(resources, list) else (),
        provider=text_of(document.get("provider")),
        account=text_of(document.get("account")),
        additional_info=from_stored(object_of(document.get("additional_info"))),
        occurred_at=occurred_at if isinstance(occurred_at, datetime) else None,
    )


def last_seen(document: Mapping[str, Any]) -> datetime:
    """When the event, or the last repeat of it, came in (UTC); a time that is none is no repeat."""
    created: datetime = document["created_at"]
    repeated = document.get("last_repeated_at")
    return max(created, repeated) if isinstance(repeated, datetime) else created

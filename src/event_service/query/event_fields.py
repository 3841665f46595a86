"""The fields of an event, as queries see them (CONTRACT 5)."""

from __future__ import annotations

from event_service.query.fields import FieldKind, FieldSet
from event_service.query.kept_apart import KeptApart

_NEWEST_LOOKUPS = (
    ("alert_id",),
    ("domain_id", "workspace_id", "project_id", "event_key"),
    ("domain_id", "project_id"),
    ("domain_id", "workspace_id"),
    ("domain_id",),
)

BODY = KeptApart("raw_data", reference="body_id", collection="event_body")
"""What events of one delivery may have in common (see ``manager.event_bodies``)."""

EVENT_FIELDS = FieldSet(
    kinds={
        "event_id": FieldKind.STRING,
        "event_key": FieldKind.STRING,
        "event_type": FieldKind.STRING,
        "title": FieldKind.STRING,
        "description": FieldKind.STRING,
        "severity": FieldKind.STRING,
        "rule": FieldKind.STRING,
        "image_url": FieldKind.STRING,
        "resources": FieldKind.STRING_LIST,
        "provider": FieldKind.STRING,
        "account": FieldKind.STRING,
        "additional_info": FieldKind.DOCUMENT,
        "raw_data": FieldKind.DOCUMENT,
        "alert_id": FieldKind.STRING,
        "webhook_id": FieldKind.STRING,
        "project_id": FieldKind.STRING,
        "workspace_id": FieldKind.STRING,
        "domain_id": FieldKind.STRING,
        "created_at": FieldKind.DATETIME,
        "occurred_at": FieldKind.DATETIME,
        "last_repeated_at": FieldKind.DATETIME,
        "repeat_count": FieldKind.NUMBER,
    },
    aliases={"resource": "resources", "user_projects": "project_id"},
    id_field="event_id",
    keyword_fields=("event_id", "title"),
    minimal=(
        "event_id",
        "event_key",
        "event_type",
        "title",
        "severity",
        "alert_id",
        "project_id",
    ),
    lookups=(("event_id",), *_NEWEST_LOOKUPS),
    newest_lookups=_NEWEST_LOOKUPS,
    apart=BODY,
)

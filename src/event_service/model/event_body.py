"""The collection ``event_body``: what events of one delivery have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, Document, StringField


class EventBody(Document):
    """The raw data of a delivery, kept once. Its events name it as their ``body_id``.

    Times are UTC.
    """

    body_id = StringField(primary_key=True)
    raw_data = DictField()
    webhook_id = StringField(required=True)
    project_id = StringField(required=True)
    workspace_id = StringField(required=True)
    domain_id = StringField(required=True)
    created_at = DateTimeField(required=True)

    # It is only ever found by its id. The index for retention depends on a setting: see
    # ``indexes``.
    meta: ClassVar[dict[str, Any]] = {
        "collection": "event_body",
        "strict": False,
        "auto_create_index": False,
        "indexes": [],
    }

"""The collection ``event``, field by field as Cloudforet's monitoring service stores it."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, Document, IntField, ListField, StringField


class Event(Document):
    """One recorded event (CONTRACT 3 and 4.4). Times are UTC.

    It has its raw data itself, or names the ``EventBody`` that has it.
    """

    event_id = StringField(required=True)
    event_key = StringField(required=True)
    event_type = StringField(required=True)
    title = StringField(required=True)
    description = StringField()
    severity = StringField(required=True)
    rule = StringField()
    image_url = StringField()
    resources = ListField(StringField())
    provider = StringField()
    account = StringField()
    additional_info = DictField()
    raw_data = DictField()
    body_id = StringField()
    alert_id = StringField()
    webhook_id = StringField(required=True)
    project_id = StringField(required=True)
    workspace_id = StringField(required=True)
    domain_id = StringField(required=True)
    created_at = DateTimeField(required=True)
    occurred_at = DateTimeField()
    repeat_count = IntField()
    last_repeated_at = DateTimeField()

    # One index per question that clients ask, since every write pays for each of them. There is
    # none for a severity: the indexes of a tenant end with it, so that MongoDB finds and counts the
    # events of a severity without fetching other documents. The index for retention depends on a
    # setting: see ``indexes``.
    meta: ClassVar[dict[str, Any]] = {
        "collection": "event",
        "strict": False,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["event_id"], "unique": True},
            {"fields": ["domain_id", "-created_at", "-event_id", "severity"]},
            {"fields": ["domain_id", "workspace_id", "-created_at", "-event_id", "severity"]},
            {"fields": ["domain_id", "project_id", "-created_at", "-event_id", "severity"]},
            {"fields": ["alert_id", "-created_at", "-event_id"]},
            {
                "fields": [
                    "domain_id",
                    "workspace_id",
                    "project_id",
                    "event_key",
                    "-created_at",
                    "-event_id",
                ]
            },
        ],
    }

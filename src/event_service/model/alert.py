"""The collection ``alert``: the published fields of AlertInfo, and those that dedup needs."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)


class AlertResource(EmbeddedDocument):
    """One thing that an alert is about."""

    resource_id = StringField()
    resource_type = StringField()
    name = StringField()

    meta: ClassVar[dict[str, Any]] = {"strict": False}


class Alert(Document):
    """One alert (CONTRACT 4). Times are UTC.

    The service's own: ``event_key``; ``dedup_key``, a digest of the key of CONTRACT 4;
    ``episode``, the how-many-eth alert of that key it is, from 0; ``superseded``, set when its
    window was over and the next one was opened; ``recovery_event_id``, what resolved it;
    ``last_seen_at`` and ``event_count`` of its deliveries. Values under a unique index never
    change: the embedded store goes on reserving an old value.
    """

    alert_number = IntField(required=True)
    alert_id = StringField(required=True)
    title = StringField(required=True)
    state = StringField(required=True, choices=("TRIGGERED", "ACKNOWLEDGED", "RESOLVED", "ERROR"))
    description = StringField()
    assignee = StringField()
    responder = StringField()
    urgency = StringField(choices=("HIGH", "LOW"))
    severity = StringField()
    rule = StringField()
    image_url = StringField()
    resources = ListField(EmbeddedDocumentField(AlertResource))
    provider = StringField()
    account = StringField()
    additional_info = DictField()
    escalation_step = IntField()
    escalation_ttl = IntField()
    triggered_by = StringField()
    domain_id = StringField(required=True)
    workspace_id = StringField(required=True)
    project_id = StringField(required=True)
    webhook_id = StringField()
    escalation_policy_id = StringField()
    created_at = DateTimeField(required=True)
    updated_at = DateTimeField()
    acknowledged_at = DateTimeField()
    resolved_at = DateTimeField()
    escalated_at = DateTimeField()
    event_key = StringField()
    dedup_key = StringField()
    episode = IntField()
    superseded = BooleanField()
    recovery_event_id = StringField()
    last_seen_at = DateTimeField()
    event_count = IntField()

    # Alerts of a database taken over from Cloudforet may be numbered per domain: only our own,
    # which have a dedup_key, are held to one number per workspace.
    meta: ClassVar[dict[str, Any]] = {
        "collection": "alert",
        "strict": False,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["alert_id"], "unique": True},
            {
                "fields": ["domain_id", "workspace_id", "alert_number"],
                "unique": True,
                "partialFilterExpression": {"dedup_key": {"$exists": True}},
            },
            {"fields": ["dedup_key", "-episode"], "unique": True, "sparse": True},
            {"fields": ["state"]},
        ],
    }

"""The collection ``webhook``, as Cloudforet's monitoring service stores it, and our own fields."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    LongField,
    StringField,
)


class WebhookPlugin(EmbeddedDocument):
    """The plugin that reads a webhook's bodies."""

    plugin_id = StringField()
    version = StringField()
    options = DictField()
    metadata = DictField()
    upgrade_mode = StringField(choices=("NONE", "MANUAL", "AUTO"))

    meta: ClassVar[dict[str, Any]] = {"strict": False}


class WebhookRequests(EmbeddedDocument):
    """How many requests came, and how many of them could not be understood (CONTRACT 3.7)."""

    total = LongField()
    error = LongField()

    meta: ClassVar[dict[str, Any]] = {"strict": False}


class Webhook(Document):
    """One webhook.

    ``access_key`` is there only on a webhook of Cloudforet's whose key was not checked yet, and
    so is ``webhook_url``, which contains it; the service's own are ``access_key_hash``, the
    SHA-256 of the key in hex digits, and ``access_key_sealed``, the key encrypted, where keys are
    shown. ``recovery_mode`` and ``recording_policy``, when set, win over the settings of the
    service. That a name comes once in a project is up to ``manager.webhook_names``.
    """

    webhook_id = StringField(required=True)
    name = StringField(required=True)
    state = StringField(required=True, choices=("ENABLED", "DISABLED"))
    access_key = StringField()
    access_key_hash = StringField()
    access_key_sealed = StringField()
    webhook_url = StringField()
    capability = DictField()
    plugin_info = EmbeddedDocumentField(WebhookPlugin)
    tags = DictField()
    requests = EmbeddedDocumentField(WebhookRequests)
    recovery_mode = StringField(choices=("AUTO", "MANUAL"))
    recording_policy = StringField(choices=("changed", "all", "first"))
    domain_id = StringField(required=True)
    workspace_id = StringField(required=True)
    project_id = StringField(required=True)
    created_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "webhook",
        "strict": False,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["webhook_id"], "unique": True},
            {"fields": ["project_id", "name", "webhook_id"]},
            {"fields": ["domain_id", "-created_at", "-webhook_id"]},
        ],
    }

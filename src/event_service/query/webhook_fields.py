"""The fields of a webhook, as queries see them: all that the published API has but its secrets.

What is not named here can't be filtered by, sorted by, projected, grouped or listed: so it is
with access_key, what is kept of it, and webhook_url, which contains it.
"""

from __future__ import annotations

from event_service.query.fields import FieldKind, FieldSet

WEBHOOK_FIELDS = FieldSet(
    kinds={
        "webhook_id": FieldKind.STRING,
        "name": FieldKind.STRING,
        "state": FieldKind.STRING,
        "capability": FieldKind.DOCUMENT,
        "plugin_info": FieldKind.DOCUMENT,
        "tags": FieldKind.DOCUMENT,
        "requests": FieldKind.DOCUMENT,
        "project_id": FieldKind.STRING,
        "workspace_id": FieldKind.STRING,
        "domain_id": FieldKind.STRING,
        "created_at": FieldKind.DATETIME,
    },
    aliases={"user_projects": "project_id"},
    id_field="webhook_id",
    keyword_fields=("webhook_id", "name"),
    minimal=("webhook_id", "name", "state", "project_id"),
    lookups=(("webhook_id",), ("domain_id",)),
)

"""Webhooks as the commands print them. Keys are printed by nothing here.

Another service that shares the database may have named them anything: see ``terminal``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.cli.terminal import visible
from event_service.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.manager.webhook import Webhook

_COLUMNS = ("webhook_id", "state", "name", "domain_id", "workspace_id", "project_id")


def as_object(webhook: Webhook) -> dict[str, Any]:
    """What ``--json`` prints of a webhook; null where a setting of the service applies."""
    return {
        "webhook_id": webhook.webhook_id,
        "name": webhook.name,
        "state": webhook.state.value,
        "domain_id": webhook.domain_id,
        "workspace_id": webhook.workspace_id,
        "project_id": webhook.project_id,
        "plugin_id": webhook.plugin.plugin_id or None,
        "recovery_mode": webhook.recovery_mode,
        "recording_policy": webhook.recording_policy,
        "duplicate_window": webhook.duplicate_window,
        "requests": {"total": webhook.requests.total, "error": webhook.requests.error},
        "created_at": None if webhook.created_at is None else format_instant(webhook.created_at),
    }


def as_lines(webhook: Webhook) -> list[str]:
    """One line for each field that is set."""
    fields = as_object(webhook)
    totals = fields.pop("requests")
    fields["requests"] = f"{totals['total']}, of which {totals['error']} were not understood"
    return [visible(f"{key}: {value}") for key, value in fields.items() if value is not None]


def as_table(webhooks: Sequence[Webhook]) -> list[str]:
    """One line for each webhook, below a line that names the columns."""
    rows = [_COLUMNS, *(_row(as_object(webhook)) for webhook in webhooks)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _row(fields: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(visible(fields[key]) for key in _COLUMNS)

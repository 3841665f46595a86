"""What a newcomer needs to send the first event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.cli.address import reachable
from event_service.cli.grpcurl import create_line, list_line

if TYPE_CHECKING:
    from event_service.manager.webhooks import WebhookManager

_NAME = "demo"
_TENANT = ("domain-local", "workspace-local", "project-local")


def make_demo(webhooks: WebhookManager, address: str) -> list[str]:
    """Make a webhook if there is none at all; the lines that say how to use it.

    ``address`` is that of the service, ``host:port``.
    """
    if webhooks.list():
        return [
            "There are webhooks already; a new key for one: event-service webhook rotate-key ID",
            "",
            "List the newest events:",
            list_line(reachable(address)),
        ]
    made, key = webhooks.create(_NAME, *_TENANT)
    return [
        f"A demo webhook was made; its key is shown only now.\n  webhook_id: {made.webhook_id}",
        f"  access_key: {key}",
        "",
        "Create an event:",
        create_line(reachable(address), made.webhook_id, key),
        "",
        "List the newest events:",
        list_line(reachable(address)),
    ]

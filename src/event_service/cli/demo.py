"""What a newcomer needs to send the first event."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from event_service.auth.open_access import LOCAL_DOMAIN
from event_service.cli.address import reachable
from event_service.cli.grpcurl import create_line, list_line
from event_service.cli.options import LOCAL_PROJECT, LOCAL_WORKSPACE

if TYPE_CHECKING:
    from event_service.manager.webhooks import WebhookManager
    from event_service.settings import Settings

_NAME = "demo"


def token_of(settings: Settings) -> str:
    """What a shell puts where a token belongs, or nothing where none is asked for.

    The service's own key pair makes one when the line is run; another issuer's is up to the user.
    """
    if settings.no_auth:
        return ""
    if settings.auth_jwks or settings.identity_endpoint:
        return "$TOKEN"
    program = str(Path(sys.argv[0]).absolute())
    command = [program, "token", "--role", "DOMAIN_ADMIN", "--domain", LOCAL_DOMAIN]
    return f"$({shlex.join([*command, '--data-dir', str(settings.data_dir)])})"


def make_demo(webhooks: WebhookManager, address: str, token: str) -> list[str]:
    """Make a webhook if there is none at all; the lines that say how to use it.

    ``address`` is that of the service, ``host:port``; ``token`` is as of :func:`token_of`.
    """
    listing = ["", "List the newest events:", list_line(reachable(address), token)]
    if webhooks.list():
        return [
            "There are webhooks already; a new key for one: event-service webhook rotate-key ID",
            *listing,
        ]
    made, key = webhooks.create(_NAME, LOCAL_DOMAIN, LOCAL_WORKSPACE, LOCAL_PROJECT)
    return [
        f"A demo webhook was made; its key is shown only now.\n  webhook_id: {made.webhook_id}",
        f"  access_key: {key}",
        "",
        "Create an event:",
        create_line(reachable(address), made.webhook_id, key),
        *listing,
    ]

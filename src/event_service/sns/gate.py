"""What stands between a webhook's key and the parser, for bodies that SNS sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog

from event_service.errors import PermissionDenied
from event_service.parsers import aws_sns
from event_service.parsers.registry import AUTO
from event_service.sns.certificates import Certificates
from event_service.sns.confirmation import confirm_subscription
from event_service.sns.envelope import SUBSCRIPTION
from event_service.sns.fetch import Fetch, LimitedFetch
from event_service.sns.signature import SignatureCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from event_service.manager.webhook import Webhook

_log = structlog.get_logger(__name__)

_NAMES: Final = frozenset({aws_sns.SOURCE.name, *aws_sns.SOURCE.plugin_ids})


def sns_gate(
    fetch: Fetch, clock: Callable[[], datetime], *, verify: bool, confirm: bool
) -> Callable[[Webhook, Mapping[str, Any]], None]:
    """Lets bodies pass to the parser, or raises: the gate that the settings ask for.

    With ``verify``, a webhook of this source takes signed envelopes alone: else leaving the
    envelope off would be a way around it. A webhook that recognises bodies takes others too. With
    ``confirm``, subscriptions are confirmed. ``clock`` gives UTC without an offset. The gate raises
    PermissionDenied for what SNS did not send, and Unavailable when it may come again.
    """
    limited = LimitedFetch(fetch)
    check = SignatureCheck(Certificates(limited), clock) if verify else None

    def gate(webhook: Webhook, body: Mapping[str, Any]) -> None:
        plugin_id = webhook.plugin.plugin_id
        recognises = plugin_id in ("", AUTO)
        if not recognises and plugin_id not in _NAMES:
            return
        if not aws_sns.is_envelope(body):
            if check is not None and not recognises:
                raise PermissionDenied(
                    "This webhook takes messages that SNS signed, and no others."
                )
            return
        if check is not None:
            check(body)
        if body.get("Type") != SUBSCRIPTION:
            return
        if confirm:
            confirm_subscription(limited, webhook.webhook_id, body)
        else:
            _log.warning("a topic waits for its confirmation", webhook_id=webhook.webhook_id)

    return gate

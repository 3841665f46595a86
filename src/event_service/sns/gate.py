"""What stands between a webhook's key and the parser, for bodies that SNS sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog

from event_service.errors import PermissionDenied
from event_service.parsers import aws_sns
from event_service.parsers.registry import AUTO
from event_service.sns.certificates import Certificates
from event_service.sns.confirmation import Confirmation
from event_service.sns.envelope import SUBSCRIPTION, is_envelope
from event_service.sns.fetch import Fetch, LimitedFetch
from event_service.sns.signature import SignatureCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from event_service.manager.webhook import Webhook

_log = structlog.get_logger(__name__)

_NAMES: Final = frozenset({aws_sns.SOURCE.name, *aws_sns.SOURCE.plugin_ids})


class SnsGate:
    """Lets bodies pass to the parser, or raises.

    ``check`` is None where signatures are not checked, ``confirm`` where subscriptions are not
    confirmed. With a check, a webhook of this source takes signed envelopes alone: else leaving
    the envelope off would be a way around it. A webhook that recognises bodies takes others too.
    """

    def __init__(self, check: SignatureCheck | None, confirm: Confirmation | None) -> None:
        self._check = check
        self._confirm = confirm

    def __call__(self, webhook: Webhook, body: Mapping[str, Any]) -> None:
        """Raises PermissionDenied for what SNS did not send, Unavailable when it may come again."""
        plugin_id = webhook.plugin.plugin_id
        recognises = plugin_id in ("", AUTO)
        if not recognises and plugin_id not in _NAMES:
            return
        if not is_envelope(body):
            if self._check is not None and not recognises:
                raise PermissionDenied(
                    "This webhook takes messages that SNS signed, and no others."
                )
            return
        if self._check is not None:
            self._check(body)
        if body.get("Type") == SUBSCRIPTION:
            self._subscribe(webhook.webhook_id, body)

    def _subscribe(self, webhook_id: str, body: Mapping[str, Any]) -> None:
        if self._confirm is None:
            _log.warning("a topic waits for its confirmation", webhook_id=webhook_id)
        else:
            self._confirm(webhook_id, body)


def sns_gate(
    fetch: Fetch, clock: Callable[[], datetime], *, verify: bool, confirm: bool
) -> SnsGate:
    """The gate that the settings ask for. ``clock`` gives UTC without an offset."""
    limited = LimitedFetch(fetch)
    return SnsGate(
        SignatureCheck(Certificates(limited), clock) if verify else None,
        Confirmation(limited) if confirm else None,
    )

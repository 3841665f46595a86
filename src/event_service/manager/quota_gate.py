"""The quotas as a gate that a body passes, between its key and its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.admission.quotas import Quotas
    from event_service.manager.events import BodyGate
    from event_service.manager.webhook import Webhook


def within_quotas(quotas: Quotas, then: BodyGate) -> BodyGate:
    """Opens for calls within the quotas, and leads to the next gate. Raises QuotaExceeded too."""
    if not quotas.any:
        return then

    def gate(webhook: Webhook, data: Mapping[str, Any]) -> None:
        quotas.admit(webhook.webhook_id, webhook.domain_id)
        then(webhook, data)

    return gate

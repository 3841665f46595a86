"""What a call is told that finds a bound reached: to come again in a moment."""

from __future__ import annotations

from typing import Final

from event_service.errors import QuotaExceeded
from event_service.metrics.calls import refused

_RETRY_SECONDS: Final = 1


def no_room(scope: str, limit: int) -> QuotaExceeded:
    """The refusal where all ``limit`` of what ``scope`` names are in use; counted as refused."""
    refused("queue")
    return QuotaExceeded(scope, limit, _RETRY_SECONDS)

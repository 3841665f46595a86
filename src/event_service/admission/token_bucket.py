"""A token bucket in this process, for when Redis keeps none for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from event_service.quota import Quota


class TokenBucket:
    """Full at first; times are those of one clock that never goes back, in seconds."""

    def __init__(self, quota: Quota, now: float) -> None:
        self._quota = quota
        self._tokens = float(quota.burst)
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until there is a token; 0 if there is one."""
        self._tokens = min(self._quota.burst, self._tokens + (now - self._at) * self._quota.rate)
        self._at = now
        return max(0.0, (1 - self._tokens) / self._quota.rate)

    def take(self) -> None:
        """Take a token, after ``wait`` has said that there is one."""
        self._tokens -= 1

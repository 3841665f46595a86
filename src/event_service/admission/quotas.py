"""Quotas of webhooks and of domains: how often one of them may call ``create``."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from event_service.admission.shared_buckets import Ask
from event_service.admission.token_bucket import TokenBucket
from event_service.errors import QuotaExceeded
from event_service.lru_dict import LruDict
from event_service.metrics.calls import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from event_service.admission.shared_buckets import Grant, SharedBuckets
    from event_service.quota import Quota

_BLOCK_SECONDS: Final = 0.1
"""How much of a quota a process takes from Redis at a time, to serve the next calls without it."""

_MOST_REMEMBERED: Final = 20_000
"""Webhooks and domains. The one that called longest ago is forgotten: it loses at most a block, or,
while Redis is down, starts with a full bucket."""


@dataclass(frozen=True, slots=True)
class _Scope:
    webhook_id: str
    domain_id: str

    @property
    def shown(self) -> str:
        return f"calls of one {'webhook' if self.webhook_id else 'domain'} per second"


@dataclass(slots=True)
class _Held:
    """What this process has of one scope's quota."""

    quota: Quota
    tokens: int = 0
    empty_until: float = 0.0
    asking: bool = False
    alone: TokenBucket | None = None
    """Kept while Redis answers: one that comes and goes would bring a full bucket each time."""

    @property
    def block(self) -> int:
        return max(1, math.floor(self.quota.rate * _BLOCK_SECONDS))


class Quotas:
    """Takes one token for a call, of its webhook's bucket and of its domain's.

    The buckets are in Redis. Over any time of t seconds all processes together let in at most
    ``rate * t + burst`` calls, and up to a block (a tenth of a second's calls) per process more
    that was taken before. While Redis doesn't answer each process has buckets of its own, of the
    same quotas. Without a quota nothing is asked and nothing remembered.
    """

    def __init__(
        self,
        buckets: SharedBuckets,
        webhook: Quota | None,
        domain: Quota | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._buckets = buckets
        self._webhook = webhook
        self._domain = domain
        self._clock = clock
        self._lock = threading.Lock()
        self._known: LruDict[_Scope, _Held] = LruDict(_MOST_REMEMBERED)

    def admit(self, webhook_id: str, domain_id: str) -> None:
        """Let in one call of a webhook of a domain. Raises QuotaExceeded."""
        scopes = []
        if self._webhook is not None:
            scopes.append((_Scope(webhook_id, domain_id), self._webhook))
        if self._domain is not None:
            scopes.append((_Scope("", domain_id), self._domain))
        if scopes:
            self._admit(domain_id, scopes)

    def _admit(self, domain_id: str, scopes: Sequence[tuple[_Scope, Quota]]) -> None:
        with self._lock:
            call = [(scope, self._held(scope, quota)) for scope, quota in scopes]
            now = self._clock()
            for scope, held in call:
                if held.empty_until > now:
                    raise _refusal(scope, held, held.empty_until - now)
            lacking = [(scope, held) for scope, held in call if held.tokens == 0]
            for _, held in call:
                held.tokens -= held.tokens > 0
            if not lacking:
                return
            # Who comes while somebody asks takes one for itself: blocks must not add up.
            asks = [
                Ask(scope.webhook_id, held.quota, 1 if held.asking else held.block)
                for scope, held in lacking
            ]
            first = [held for _, held in lacking if not held.asking]
            for held in first:
                held.asking = True
        grants: Sequence[Grant] | None = None
        try:
            grants = self._buckets.take(domain_id, asks)
        finally:
            with self._lock:
                for held in first:
                    held.asking = False
                refusals = self._settle(lacking, grants)
                if refusals:
                    for entry in call:
                        if entry not in lacking:
                            entry[1].tokens += 1
        if refusals:
            raise _refusal(*refusals[0])

    def _settle(
        self, lacking: Sequence[tuple[_Scope, _Held]], grants: Sequence[Grant] | None
    ) -> list[tuple[_Scope, _Held, float]]:
        """Who has no token for the call, and for how many seconds."""
        now = self._clock()
        if grants is None:
            return self._alone(lacking, now)
        refusals = []
        for (scope, held), grant in zip(lacking, grants, strict=True):
            held.tokens += max(0, grant.tokens - 1)
            if grant.wait:
                held.empty_until = now + grant.wait
                refusals.append((scope, held, grant.wait))
        return refusals

    @staticmethod
    def _alone(
        lacking: Sequence[tuple[_Scope, _Held]], now: float
    ) -> list[tuple[_Scope, _Held, float]]:
        buckets = []
        refusals = []
        for scope, held in lacking:
            held.alone = held.alone or TokenBucket(held.quota, now)
            buckets.append(held.alone)
            if wait := held.alone.wait(now):
                refusals.append((scope, held, wait))
        if not refusals:
            for bucket in buckets:
                bucket.take()
        return refusals

    def _held(self, scope: _Scope, quota: Quota) -> _Held:
        held = self._known.use(scope)
        if held is None:
            held = self._known[scope] = _Held(quota)
        return held


def _refusal(scope: _Scope, held: _Held, wait: float) -> QuotaExceeded:
    """What the call is told, in seconds; counted as refused."""
    refused("webhook_quota" if scope.webhook_id else "domain_quota")
    rate = held.quota.rate
    limit = int(rate) if rate == int(rate) else rate
    return QuotaExceeded(scope.shown, limit, math.ceil(wait))

"""Keys that are fetched per domain and kept for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from event_service.auth.keys import matching
from event_service.loading_cache import Lifetimes, LoadingCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_service.auth.jwk import VerificationKey


class CachedKeys:
    """A KeySource over ``fetch``, which gives a domain's keys, or None for an unknown one.

    ``fetch`` raises Unavailable when it can't tell.
    """

    def __init__(
        self,
        fetch: Callable[[str], tuple[VerificationKey, ...] | None],
        lifetimes: Lifetimes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = LoadingCache(fetch, lifetimes, clock)

    def keys(self, domain_id: str, kid: str | None) -> tuple[VerificationKey, ...]:
        """See KeySource."""
        return matching(self._cache.get(domain_id) or (), kid)

    def renewed(self, domain_id: str, kid: str | None) -> tuple[VerificationKey, ...]:
        """See KeySource."""
        return matching(self._cache.renew(domain_id) or (), kid)

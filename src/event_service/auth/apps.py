"""What an app may do: that is not in its token but in the identity service."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from event_service.loading_cache import Lifetimes, LoadingCache

if TYPE_CHECKING:
    from collections.abc import Callable

# Shorter than a key's: an app that was switched off shall notice.
APP_LIFETIMES: Final = Lifetimes(found=60.0, stale=540.0)


@dataclass(frozen=True, slots=True)
class AppGrant:
    """The permissions of an app's role, and the projects that it is confined to."""

    permissions: tuple[str, ...]
    projects: frozenset[str]


class AppDirectory(Protocol):
    """Knows the apps. Safe to use from many threads."""

    def grant(self, domain_id: str, client_id: str) -> AppGrant | None:
        """What the app with this client id may do; None if there is none or it is disabled.

        Raises Unavailable when that can't be found out now.
        """
        ...


class CachedApps:
    """An AppDirectory that keeps the answers of ``fetch`` (domain id, client id) for a while."""

    def __init__(
        self,
        fetch: Callable[[str, str], AppGrant | None],
        lifetimes: Lifetimes = APP_LIFETIMES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def load(key: tuple[str, str]) -> AppGrant | None:
            return fetch(*key)

        self._cache = LoadingCache(load, lifetimes, clock)

    def grant(self, domain_id: str, client_id: str) -> AppGrant | None:
        """See AppDirectory."""
        return self._cache.get((domain_id, client_id))

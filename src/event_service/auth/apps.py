"""What an app may do: that is not in its token but in the identity service."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from event_service.loading_cache import Lifetimes, LoadingCache

# Shorter than a key's: an app that was switched off shall notice.
APP_LIFETIMES: Final = Lifetimes(found=60.0, stale=540.0)


@dataclass(frozen=True, slots=True)
class AppGrant:
    """The permissions of an app's role, and the projects that it is confined to."""

    permissions: tuple[str, ...]
    projects: frozenset[str]


AppGrants: TypeAlias = Callable[[str, str], AppGrant | None]
"""What the app of a domain id and a client id may do; None if there is none or it is disabled.

Raises Unavailable when that can't be found out now. Any thread may call it.
"""


def kept_grants(
    fetch: AppGrants,
    lifetimes: Lifetimes = APP_LIFETIMES,
    clock: Callable[[], float] = time.monotonic,
) -> AppGrants:
    """The answers of ``fetch``, each kept for a while."""
    kept: LoadingCache[tuple[str, str], AppGrant] = LoadingCache(
        lambda app: fetch(*app), lifetimes, clock
    )
    return lambda domain_id, client_id: kept.get((domain_id, client_id))

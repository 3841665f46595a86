"""One GET over https: bounded in time and size, without redirects."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeAlias

from event_service.bounded_get import Fetched, bounded_get

_SECONDS: Final = 5.0
_MOST_BYTES: Final = 64 * 1024
_AT_ONCE: Final = 4


Fetch: TypeAlias = Callable[[str], Fetched]
"""GET of a URL that was checked before. Raises OSError when there is no answer to be had."""


def fetch_https(url: str, seconds: float = _SECONDS, most_bytes: int = _MOST_BYTES) -> Fetched:
    """As :data:`Fetch`; the proxy of the environment is used if there is one."""
    if not url.startswith("https://"):
        raise OSError("only https is fetched")
    return bounded_get(url, seconds, most_bytes)


class LimitedFetch:
    """Fetches a few at once, so that slow answers never take every thread of the service."""

    def __init__(self, fetch: Fetch, at_once: int = _AT_ONCE) -> None:
        self._fetch = fetch
        self._free = threading.BoundedSemaphore(at_once)

    def __call__(self, url: str) -> Fetched:
        """As :data:`Fetch`; OSError when as many are under way."""
        if not self._free.acquire(blocking=False):
            raise OSError("too many fetches are under way")
        try:
            return self._fetch(url)
        finally:
            self._free.release()

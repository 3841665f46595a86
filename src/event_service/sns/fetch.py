"""One GET over https: bounded in time and size, without redirects."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

_SECONDS: Final = 5.0
_MOST_BYTES: Final = 64 * 1024
_CHUNK: Final = 16 * 1024
_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back; a redirect is a status like any other."""

    status: int
    content: bytes


Fetch: TypeAlias = Callable[[str], Fetched]
"""GET of a URL that was checked before. Raises OSError when there is no answer to be had."""


def fetch_https(url: str, seconds: float = _SECONDS, most_bytes: int = _MOST_BYTES) -> Fetched:
    """As :data:`Fetch`; the proxy of the environment is used if there is one."""
    if not url.startswith("https://"):
        raise OSError("only https is fetched")
    deadline = time.monotonic() + seconds
    content = bytearray()
    try:
        with _opener().open(url, timeout=seconds) as response:
            while chunk := response.read1(_CHUNK):
                content += chunk
                if len(content) > most_bytes:
                    raise OSError(f"longer than {most_bytes} bytes")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not complete after {seconds} s")
            return Fetched(response.status, bytes(content))
    except (http.client.HTTPException, ValueError) as fault:
        raise OSError(f"no HTTP answer ({type(fault).__name__})") from None


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


def _opener() -> urllib.request.OpenerDirector:
    # Put together by hand: the ready-made one follows redirects and opens other schemes.
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(urllib.request.HTTPSHandler())
    return opener

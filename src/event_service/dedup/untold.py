"""Keys about which the database decided while Redis did not answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 100_000
_AT_ONCE = 1_000


class UntoldKeys:
    """A bounded memory of digests of dedup keys; any thread may use it.

    What Redis holds of such a key is from before, and must go when Redis is back. With more than
    ``most`` keys the oldest are given up: then a repeat of one may be recorded as news.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        # A plain dict would look for its first entry past all that were taken from its front.
        self._digests: OrderedDict[str, None] = OrderedDict()

    def add(self, digests: Iterable[str]) -> None:
        """Redis was not asked about them, or was not told what became of them."""
        with self._lock:
            self._digests.update(dict.fromkeys(digests))
            while len(self._digests) > self._most:
                self._digests.popitem(last=False)

    def take(self, first: Iterable[str]) -> list[str]:
        """Those of ``first`` that are among them, and some of the others: the taker's to tell."""
        if not self._digests:
            return []
        with self._lock:
            taken = [digest for digest in dict.fromkeys(first) if digest in self._digests]
            for digest in taken:
                del self._digests[digest]
            while self._digests and len(taken) < _AT_ONCE:
                taken.append(self._digests.popitem()[0])
        return taken

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
    """A bounded memory of claims' names; any thread may use it.

    What Redis holds of such a claim is from before, and must go when Redis is back. With more than
    ``most`` of them the oldest are given up: then a repeat of one may be recorded as news.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        # A plain dict would look for its first entry past all that were taken from its front.
        self._claims: OrderedDict[str, None] = OrderedDict()

    def add(self, claims: Iterable[str]) -> None:
        """Redis was not asked about them, or was not told what became of them."""
        with self._lock:
            self._claims.update(dict.fromkeys(claims))
            while len(self._claims) > self._most:
                self._claims.popitem(last=False)

    def take(self, first: Iterable[str]) -> list[str]:
        """Those of ``first`` that are among them, and some of the others: the taker's to tell."""
        if not self._claims:
            return []
        with self._lock:
            taken = [claim for claim in dict.fromkeys(first) if claim in self._claims]
            for claim in taken:
                del self._claims[claim]
            while self._claims and len(taken) < _AT_ONCE:
                taken.append(self._claims.popitem()[0])
        return taken

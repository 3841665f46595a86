"""Events that this process has seen in the database."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 50_000


class RecentIds:
    """A bounded memory of ids; any thread may use it.

    Redis names the event that a delivery repeats before that event is in the database, so its
    word alone is no reason to answer OK. For what is remembered here no look is needed.

    They are kept in two halves, and when the younger one is full, the elder one goes as a whole:
    to forget one id for each that is added costs every event its time.
    """

    def __init__(self, most: int = _MOST) -> None:
        """Remembers at least half of ``most``, those added last."""
        self._half = max(1, most // 2)
        self._lock = threading.Lock()
        self._younger: set[str] = set()
        self._elder: set[str] = set()

    def add(self, ids: Iterable[str]) -> None:
        """Those events are in the database."""
        with self._lock:
            for one in ids:
                if len(self._younger) >= self._half:
                    self._elder, self._younger = self._younger, set()
                self._younger.add(one)

    def forget(self, ids: Iterable[str]) -> None:
        """Those events are no longer in the database."""
        with self._lock:
            for one in ids:
                self._younger.discard(one)
                self._elder.discard(one)

    def __len__(self) -> int:
        """How many are remembered, those added twice perhaps counted twice."""
        return len(self._younger) + len(self._elder)

    def __contains__(self, one: str) -> bool:
        # The elder one last: what moves there in between is found there.
        return one in self._younger or one in self._elder

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
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._ids: dict[str, None] = {}

    def add(self, ids: Iterable[str]) -> None:
        """Those events are in the database."""
        with self._lock:
            self._ids.update(dict.fromkeys(ids))
            while len(self._ids) > self._most:
                del self._ids[next(iter(self._ids))]

    def forget(self, ids: Iterable[str]) -> None:
        """Those events are no longer in the database."""
        with self._lock:
            for one in ids:
                self._ids.pop(one, None)

    def __contains__(self, one: str) -> bool:
        return one in self._ids

"""How many threads the calls of somebody else may hold: who is slow must leave most to the others.

One that answers, and takes seconds for it, would for ever hold every thread that there is, and with
them what needs nothing of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from threading import Lock, Semaphore
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SLOW_SECONDS: Final = 1.0


class LaneFull(Exception):
    """There must not be another call now, of all that are slow or of this one."""


class Lane:
    """The calls to one service that are under way: any number, but few of a slow one.

    Slow is one whose last answer took more than a second, or of which so many calls as ``few``
    wait that long now. Safe for many threads.
    """

    def __init__(
        self,
        few: int = 8,
        all_slow: Semaphore | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``all_slow`` has a place for each call of the slow ones of many lanes, which share it.

        ``clock`` counts seconds, steadily.
        """
        self.few = few
        self._all_slow = all_slow or Semaphore(few)
        self._clock = clock
        self._lock = Lock()
        self._began: dict[object, float] = {}
        self._last_seconds = 0.0

    @contextmanager
    def held(self) -> Iterator[None]:
        """While a call is under way. Raises LaneFull."""
        call = object()
        began = self._clock()
        with self._lock:
            slow = self._last_seconds > _SLOW_SECONDS
            if self._full(began) or (slow and not self._all_slow.acquire(blocking=False)):
                raise LaneFull
            self._began[call] = began
        try:
            yield
        finally:
            if slow:
                self._all_slow.release()
            with self._lock:
                del self._began[call]
                self._last_seconds = self._clock() - began

    def _full(self, now: float) -> bool:
        if len(self._began) < self.few:
            return False
        if self._last_seconds > _SLOW_SECONDS:
            return True
        # They are in the order in which they began.
        newest_of_few = next(islice(self._began.values(), self.few - 1, None))
        return now - newest_of_few > _SLOW_SECONDS

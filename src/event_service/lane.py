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
    """There must not be another call now: ``most`` are under way."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class AllSlowFull(LaneFull):
    """Those ``most`` are calls to all that are slow."""


class SlowCalls:
    """The calls to all that are slow, of the many whose lanes share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._places = Semaphore(most)

    def begin(self) -> None:
        """One more is under way, until ``end``. Raises AllSlowFull."""
        if not self._places.acquire(blocking=False):
            raise AllSlowFull(self._most)

    def end(self) -> None:
        """One is under way no longer."""
        self._places.release()


class Lane:
    """The calls to one service that are under way: any number, but few of a slow one.

    Slow is one whose last answer took more than a second, or of which so many calls as ``few``
    wait that long now. Safe for many threads.
    """

    def __init__(
        self,
        few: int = 8,
        all_slow: SlowCalls | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``all_slow`` bounds this one and others together; ``clock`` counts seconds, steadily."""
        self._few = few
        self._all_slow = all_slow or SlowCalls(few)
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
            if len(self._began) >= self._few and (slow or self._few_wait_long(began)):
                raise LaneFull(self._few)
            if slow:
                self._all_slow.begin()
            self._began[call] = began
        try:
            yield
        finally:
            if slow:
                self._all_slow.end()
            with self._lock:
                del self._began[call]
                self._last_seconds = self._clock() - began

    def _few_wait_long(self, now: float) -> bool:
        # They are in the order in which they began.
        newest_of_few = next(islice(self._began.values(), self._few - 1, None))
        return now - newest_of_few > _SLOW_SECONDS


def lanes_for(threads: int, clock: Callable[[], float] = monotonic) -> Callable[[], Lane]:
    """Makes lanes to services whose calls share so many threads.

    A slow one gets a quarter of them, and all of the slow ones half.
    """
    all_slow = SlowCalls(max(1, threads // 2))
    return lambda: Lane(max(1, threads // 4), all_slow, clock)

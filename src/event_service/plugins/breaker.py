"""A circuit breaker: who did not answer several times is left alone for a while."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Breaker:
    """Opens after ``failures`` in a row, for ``open_seconds``. Safe for many threads.

    When that time is over, one call is let through to probe. If it succeeds, the breaker is
    closed; if it fails or is never heard of again, it takes as long until the next probe.
    """

    def __init__(
        self,
        failures: int = 5,
        open_seconds: float = 10.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``clock`` counts seconds, steadily."""
        self._most = failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def admits(self) -> bool:
        """Whether a call may be made now; if so, say how it went."""
        with self._lock:
            if self._failures < self._most:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + self._open_seconds
            return True

    def succeeded(self) -> None:
        """A call was answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """A call was not answered."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._open_until = self._clock() + self._open_seconds

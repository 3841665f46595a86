"""Clocks of the tests' own."""

from datetime import datetime, timedelta
from time import monotonic

from event_service.instants import from_milliseconds, to_milliseconds, utc_now


class Clock:
    """Goes when it is told; seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


class Onward:
    """The time, by a clock that is never set back.

    The machine's may be by some milliseconds at any moment, and what came later is then the older.
    """

    def __init__(self) -> None:
        self._began = utc_now()
        self._began_at = monotonic()

    def __call__(self) -> datetime:
        now = self._began + timedelta(seconds=monotonic() - self._began_at)
        return from_milliseconds(to_milliseconds(now))


onward = Onward()

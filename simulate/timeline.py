"""Simulated time: who sleeps is woken in order."""

from __future__ import annotations

from collections.abc import Generator
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

Activity: TypeAlias = Generator[float, float, None]
"""Yields the moment at which it wants to go on, and is sent the time when it does."""


class Timeline:
    """Runs activities; what is due at the same moment goes on in the order it was asked for."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Activity]] = []
        self._order = count()

    def start(self, activity: Activity) -> None:
        """Run it from the beginning of time until it first sleeps."""
        self._sleep(activity, next(activity, None))

    def run(self, until: float) -> None:
        """Go on until that moment, or until every activity has ended."""
        while self._due and self._due[0][0] < until:
            now, _, activity = heappop(self._due)
            try:
                self._sleep(activity, activity.send(now))
            except StopIteration:
                continue

    def _sleep(self, activity: Activity, until: float | None) -> None:
        if until is not None:
            heappush(self._due, (until, next(self._order), activity))

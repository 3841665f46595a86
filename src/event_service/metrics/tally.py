"""Counts cheaply where calls are answered, and hands on what was counted a little later.

An instrument of prometheus_client costs a lock, and with several processes a file in memory: up to
ten microseconds for one observation. So a call only notes what it has to say, and all that was
noted is folded into the instruments now and then, in one step for each of them.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter as Counts
from collections import deque
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_NOTES: Final = 1024
"""So many at most wait: who notes the next one folds them."""


class Buckets(Histogram):
    """A histogram that takes many observations in one step.

    It uses what prometheus_client's own does not offer from outside, hence the narrow range of
    versions in pyproject.toml.
    """

    def observe_all(self, amounts: Iterable[float]) -> None:
        """What ``observe`` does, for each of the amounts."""
        total = 0.0
        counts: Counts[int] = Counts()
        for amount in amounts:
            total += amount
            counts[bisect_left(self._upper_bounds, amount)] += 1
        self._sum.inc(total)
        for bucket, count in counts.items():
            self._buckets[bucket].inc(count)


class Tally:
    """What was noted and not yet folded into the instruments. Safe for many threads."""

    def __init__(self) -> None:
        self._counted: deque[tuple[Counter, float]] = deque()
        self._observed: deque[tuple[Buckets, float]] = deque()
        self._levels: dict[Gauge, float] = {}
        self._folding = threading.Lock()

    def count(self, counter: Counter, amount: float = 1) -> None:
        """So many more of that."""
        self._counted.append((counter, amount))
        if len(self._counted) > _MOST_NOTES:
            self.fold()

    def observe(self, histogram: Buckets, amount: float) -> None:
        """One observation."""
        self._observed.append((histogram, amount))
        if len(self._observed) > _MOST_NOTES:
            self.fold()

    def level(self, gauge: Gauge, value: float) -> None:
        """It stands at that now."""
        self._levels[gauge] = value

    def fold(self) -> None:
        """Hand on all that was noted. Does nothing while another thread does it."""
        if not self._folding.acquire(blocking=False):
            return
        try:
            self._fold()
        finally:
            self._folding.release()

    def _fold(self) -> None:
        totals: dict[Counter, float] = {}
        for _ in range(len(self._counted)):
            counter, amount = self._counted.popleft()
            totals[counter] = totals.get(counter, 0) + amount
        for counter, amount in totals.items():
            counter.inc(amount)
        amounts: dict[Buckets, list[float]] = {}
        for _ in range(len(self._observed)):
            histogram, amount = self._observed.popleft()
            amounts.setdefault(histogram, []).append(amount)
        for histogram, observed in amounts.items():
            histogram.observe_all(observed)
        for gauge in list(self._levels):
            gauge.set(self._levels.pop(gauge))


TALLY: Final = Tally()
"""That of this process."""

"""What a run shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from simulate.placement import largest_to_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulate.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Result:
    """One run. Latencies are milliseconds, rates per second of simulated time.

    Every call is one of answered, refused, failed (the database took too long) and in_flight.
    """

    name: str
    event_key: str
    alert_key: str
    arrived: int
    answered: int
    refused: int
    failed: int
    in_flight: int
    throughput: float
    p50: float
    p99: float
    mean: float
    batch_mean: float
    trips_per_call: float
    counts_written: float
    event_skew: float
    alert_skew: float
    busiest_shard: float
    busiest_redis: float


class Measures:
    """Counts during a run. What happens in the warm-up or after the end counts for totals only."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.arrived = 0
        self.refused = 0
        self.failed = 0
        self._answered = 0
        self._measured = 0
        self._latencies: list[float] = []
        self._batches: list[int] = []
        self._trips = 0
        self._counts = 0
        self._documents: dict[str, Counter[int]] = {"event": Counter(), "alert": Counter()}

    def answer(self, came: float, now: float) -> None:
        """A call was answered."""
        self._answered += 1
        if came >= self._scenario.warm_up:
            self._latencies.append(now - came)
        if self._counts_now(now):
            self._measured += 1

    def batch(self, now: float, size: int) -> None:
        """A batch was begun."""
        if self._counts_now(now):
            self._batches.append(size)

    def trip(self, now: float) -> None:
        """A store was asked and has answered."""
        self._trips += self._counts_now(now)

    def flush(self, now: float, keys: int) -> None:
        """Counts of that many keys are written: one bulk to each collection, one to Redis."""
        if self._counts_now(now):
            self._trips += 3
            self._counts += keys

    def documents(self, collection: str, numbers: Mapping[int, int]) -> None:
        """That many of the collection were written for a batch, on each shard."""
        self._documents[collection].update(numbers)

    def result(self, in_flight: int, shards: Sequence[float], redis: Sequence[float]) -> Result:
        """All of it; the seconds that shards and Redis masters were busy are given."""
        scenario = self._scenario
        seconds = scenario.seconds - scenario.warm_up
        ordered = sorted(self._latencies)
        return Result(
            name=scenario.name,
            event_key=scenario.event_key.value,
            alert_key=scenario.alert_key.value,
            arrived=self.arrived,
            answered=self._answered,
            refused=self.refused,
            failed=self.failed,
            in_flight=in_flight,
            throughput=self._measured / seconds,
            p50=quantile(ordered, 0.5) * 1000,
            p99=quantile(ordered, 0.99) * 1000,
            mean=fsum(ordered) / len(ordered) * 1000 if ordered else 0.0,
            batch_mean=sum(self._batches) / len(self._batches) if self._batches else 0.0,
            trips_per_call=self._trips / self._measured if self._measured else 0.0,
            counts_written=self._counts / seconds,
            event_skew=self._skew("event"),
            alert_skew=self._skew("alert"),
            busiest_shard=max(shards) / scenario.seconds,
            busiest_redis=max(redis) / scenario.seconds,
        )

    def _skew(self, collection: str) -> float:
        of_shard = self._documents[collection]
        return largest_to_mean([of_shard[shard] for shard in range(self._scenario.shards)])

    def _counts_now(self, now: float) -> bool:
        return self._scenario.warm_up <= now < self._scenario.seconds


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that ``share`` of the ordered values don't exceed; 0 of none."""
    if not ordered:
        return 0.0
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

"""The stores as queues: shards of the database and masters of a Redis Cluster."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from simulate.placement import scattered
from simulate.redis_tags import master_of_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

    from simulate.arrivals import Call
    from simulate.scenario import Scenario

MICROSECOND = 1e-6


class Queue:
    """Serves one after the other, in the order in which they come."""

    def __init__(self) -> None:
        self.free_at = 0.0
        self.busy = 0.0

    def serve(self, now: float, seconds: float) -> float:
        """When work of that length that comes now is done."""
        self.free_at = max(self.free_at, now) + seconds
        self.busy += seconds
        return self.free_at


class Shards:
    """The shards of the database, asked through mongos. Times are seconds."""

    def __init__(self, scenario: Scenario, random: Random) -> None:
        self._scenario = scenario
        self._random = random
        self._commit_median = log(max(scenario.costs.commit, 1e-9) * MICROSECOND)
        self.queues = [Queue() for _ in range(scenario.shards)]

    def write(self, now: float, documents: Mapping[int, int]) -> dict[int, float]:
        """When each shard has committed its documents (a number for each shard)."""
        return self._commit(now, documents, self._scenario.costs.shard_write)

    def update(self, now: float, documents: Mapping[int, int]) -> dict[int, float]:
        """The same for updates that no index notices."""
        return self._commit(now, documents, self._scenario.costs.shard_update)

    def read(self, now: float, look_ups: Mapping[int, int]) -> dict[int, float]:
        """When each shard has answered for its part of the look-ups (a number for each shard)."""
        costs = self._scenario.costs
        return {
            shard: self._serve(now, shard, costs.shard_part + costs.shard_read * number)
            for shard, number in look_ups.items()
        }

    def _commit(
        self, now: float, documents: Mapping[int, int], microseconds: float
    ) -> dict[int, float]:
        part = self._scenario.costs.shard_part
        return {
            shard: self._serve(now, shard, part + microseconds * number) + self._wait_for_commit()
            for shard, number in documents.items()
        }

    def _serve(self, now: float, shard: int, microseconds: float) -> float:
        costs, down = self._scenario.costs, self._scenario.shard_down
        trip = costs.database_trip * MICROSECOND
        arrives = now + trip / 2
        if shard == 0 and down is not None and arrives in down:
            arrives = down.end
        return self.queues[shard].serve(arrives, microseconds * MICROSECOND) + trip / 2

    def _wait_for_commit(self) -> float:
        costs = self._scenario.costs
        if not costs.commit:
            return 0.0
        return self._random.lognormvariate(self._commit_median, costs.commit_sigma)


class RedisMasters:
    """The masters that the hash tags of the claims are spread over."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._master = master_of_tags(scenario.redis_masters)
        self.queues = [Queue() for _ in range(scenario.redis_masters)]

    def is_down(self, now: float) -> bool:
        """Whether the dedup has to do without."""
        down = self._scenario.redis_down
        return down is not None and now in down

    def ask(self, now: float, calls: Iterable[Call]) -> float:
        """When a pipeline with one script for each call is answered."""
        tags = len(self._master)
        scripts = Counter(self._master[int(scattered(call.domain, 3) * tags)] for call in calls)
        costs = self._scenario.costs
        trip = costs.redis_trip * MICROSECOND
        return trip / 2 + max(
            self.queues[master].serve(now + trip / 2, number * costs.redis_script * MICROSECOND)
            for master, number in scripts.items()
        )

"""The calls that reach one process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from typing import TYPE_CHECKING

from simulate.placement import rank_of, zipf_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from simulate.scenario import Scenario


class Kind(IntEnum):
    """What the dedup makes of a call."""

    REPEAT = 0
    RECOVERY = 1
    CHANGE = 2
    OPEN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A create with one event in it."""

    at: float
    domain: int
    key: int
    kind: Kind
    event_id: float


class Traffic:
    """Draws calls: Poisson in time, Zipf over domains and over the keys of a domain."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        shares = zipf_weights(scenario.domains, scenario.zipf)
        self._domains = list(accumulate(shares))
        self._keys = list(accumulate(zipf_weights(scenario.keys, scenario.zipf)))
        mix = scenario.mix
        self._kinds = list(accumulate((mix.repeats, mix.recoveries, mix.changes, mix.opens)))
        self._extra = shares[scenario.storm_domain - 1] * (scenario.storm_factor - 1)

    def to_one_process(self, random: Random) -> Iterator[Call]:
        """The calls of one process, in the order of time, until the end of the run."""
        scenario = self._scenario
        usual = scenario.rate / scenario.processes
        now = 0.0
        while True:
            # During a storm more comes, and what is more is of one domain: thinning keeps it
            # Poisson at both rates.
            now += random.expovariate(usual * (1 + self._extra))
            if now >= scenario.seconds:
                return
            usual_one = random.random() * (1 + self._extra) < 1
            if not usual_one and (scenario.storm is None or now not in scenario.storm):
                continue
            yield Call(
                at=now,
                domain=rank_of(self._domains, random.random())
                if usual_one
                else scenario.storm_domain - 1,
                key=rank_of(self._keys, random.random()),
                kind=Kind(rank_of(self._kinds, random.random() * self._kinds[-1])),
                event_id=random.random(),
            )

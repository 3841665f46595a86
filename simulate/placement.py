"""Which shard a document is on, under each shard key."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import fsum
from random import Random
from typing import TYPE_CHECKING

from simulate.scenario import AlertKey, EventKey

if TYPE_CHECKING:
    from simulate.scenario import Scenario

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def zipf_weights(count: int, exponent: float) -> list[float]:
    """The shares of ``count`` members, the largest first; together 1."""
    weights = [1 / rank**exponent for rank in range(1, count + 1)]
    total = fsum(weights)  # alike on every Python, which sum is not
    return [weight / total for weight in weights]


def scattered(*parts: int) -> float:
    """A number of [0, 1) that stands for the hash of those numbers."""
    mixed = 0
    for part in parts:
        mixed = ((mixed ^ (part + 1)) * _GOLDEN) & _MASK
        mixed ^= mixed >> 29
    return ((mixed * _GOLDEN) & _MASK) / (_MASK + 1)


class Placement:
    """Shards are numbered from 0; a domain by its rank, a key by its place in its domain.

    Under ``domain_id, event_id`` the ranges of domains are laid out as a balancer leaves them
    after long quiet times: every shard has the same share of what usually comes.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._event_key = scenario.event_key
        self._alert_key = scenario.alert_key
        self._shards = scenario.shards
        self._workspaces = scenario.workspaces
        shares = zipf_weights(scenario.domains, scenario.zipf)
        order = list(range(scenario.domains))
        Random(scenario.seed).shuffle(order)  # noqa: S311 - a simulation, no secret
        starts = [0.0, *accumulate(shares[domain] for domain in order)]
        self._range = {
            domain: (starts[place], shares[domain]) for place, domain in enumerate(order)
        }

    def event(self, domain: int, event_id: float) -> int:
        """The shard of an event; ``event_id`` of [0, 1) stands for the random id."""
        if self._event_key is EventKey.EVENT_ID:
            return int(event_id * self._shards)
        if self._event_key is EventKey.DOMAIN:
            return int(scattered(domain) * self._shards)
        start, share = self._range[domain]
        return min(int((start + event_id * share) * self._shards), self._shards - 1)

    def alert(self, domain: int, key: int) -> int:
        """The shard of the alerts of a key."""
        if self._alert_key is AlertKey.UNSHARDED:
            return 0
        if self._alert_key is AlertKey.WORKSPACE:
            return int(scattered(domain, key % self._workspaces, 7) * self._shards)
        return int(scattered(domain, key) * self._shards)

    def events_of_domain(self, domain: int) -> range:
        """The shards that are asked for events of which only the domain is known."""
        if self._event_key is EventKey.EVENT_ID:
            return range(self._shards)
        first = self.event(domain, 0.0)
        return range(first, self.event(domain, 1 - 2**-53) + 1)


def largest_to_mean(counts: list[int]) -> float:
    """How much more the busiest of some has than the mean; 1 is even. Without any, 1 too."""
    total = sum(counts)
    return max(counts) * len(counts) / total if total else 1.0


def rank_of(cumulated: list[float], share: float) -> int:
    """The member whose share of a cumulated distribution that is."""
    return min(bisect_right(cumulated, share), len(cumulated) - 1)

"""What was measured, as values: the JSON is made of these as they are."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.seeding import Stored

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One run against one server. Latencies are in milliseconds, the rest in seconds.

    ``calls`` are those that went well, ``faults`` the others by status. ``round_trips`` is None
    where they are not counted. A floor uses no store but that of the inserts.
    """

    calls: int
    seconds: float
    cpu_seconds: float
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    mongodb_seconds: float = 0.0
    redis_seconds: float = 0.0
    client_cpu_seconds: float = 0.0
    faults: Mapping[str, int] = field(default_factory=dict)
    round_trips: Mapping[str, float] | None = None

    @property
    def per_second(self) -> float:
        """Calls per second of the clock."""
        return self.calls / self.seconds if self.seconds else 0.0

    @property
    def per_cpu_second(self) -> float:
        """Calls per second of CPU: the throughput of one core."""
        return self.calls / self.cpu_seconds if self.cpu_seconds else 0.0

    @property
    def cpu_per_call(self) -> float:
        """Microseconds of CPU of the serving processes for a call."""
        return self._per_call(self.cpu_seconds) * _MICROSECONDS

    @property
    def mongodb_per_call(self) -> float:
        """Microseconds of CPU of the embedded database for a call."""
        return self._per_call(self.mongodb_seconds) * _MICROSECONDS

    @property
    def redis_per_call(self) -> float:
        """Microseconds of CPU of the embedded Redis for a call."""
        return self._per_call(self.redis_seconds) * _MICROSECONDS

    @property
    def round_trips_per_call(self) -> float | None:
        """Questions to both stores for a call."""
        if self.round_trips is None:
            return None
        return self._per_call(sum(self.round_trips.values()))

    def _per_call(self, amount: float) -> float:
        return amount / self.calls if self.calls else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several rounds, and how far they lie apart."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB of the largest serving process: started and idle, and at the end of the load."""

    idle: float
    loaded: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One case at one point of the axes: a sample of each server in each round."""

    case: str
    clients: int
    stored: Stored
    processes: int
    service: Sequence[Sample]
    floor: Sequence[Sample]
    aio_floor: Sequence[Sample]
    inserts: Sequence[Sample]
    memory: Memory

    def round_trips_per_call(self) -> float | None:
        """The median, None where they are not counted."""
        counted = [each.round_trips_per_call for each in self.service]
        known = [each for each in counted if each is not None]
        return statistics.median(known) if known else None

    def faults(self) -> int:
        """Calls of the service that did not go well."""
        return sum(sum(each.faults.values()) for each in self.service)


def middle(samples: Sequence[Sample], figure: str) -> float:
    """The median of a figure, by its name."""
    return float(statistics.median(getattr(sample, figure) for sample in samples))


def ratio(
    ours: Sequence[Sample], floor: Sequence[Sample], figure: Callable[[Sample], float]
) -> Spread | None:
    """Our part of the floor's figure, round by round; None without a floor."""
    pairs = [(figure(one), figure(other)) for one, other in zip(ours, floor, strict=False)]
    parts = [one / other for one, other in pairs if other]
    return Spread.of(parts) if parts else None

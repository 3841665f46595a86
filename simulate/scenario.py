"""What one run of the simulation is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from simulate.costs import Costs


class EventKey(StrEnum):
    """A shard key of the collection ``event``."""

    EVENT_ID = "event_id"
    DOMAIN = "domain_id"
    DOMAIN_EVENT_ID = "domain_id, event_id"


class AlertKey(StrEnum):
    """A shard key of the collection ``alert``."""

    UNSHARDED = "not sharded"
    WORKSPACE = "domain_id, workspace_id"
    DEDUP_KEY = "dedup_key"


@dataclass(frozen=True, slots=True)
class Mix:
    """What share of the calls is what; the rest opens an alert."""

    repeats: float = 0.80
    recoveries: float = 0.05
    changes: float = 0.05
    """Duplicates that say something new: recorded, on the open alert."""

    @property
    def opens(self) -> float:
        """The share that opens an alert."""
        return max(0.0, 1.0 - self.repeats - self.recoveries - self.changes)

    @property
    def recorded(self) -> float:
        """The share that becomes an event of its own."""
        return 1.0 - self.repeats


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment of simulated time to another, in seconds."""

    start: float
    end: float

    def __contains__(self, moment: float) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. Times are seconds of simulated time, rates are per second."""

    name: str
    rate: float = 100_000.0
    seconds: float = 2.5
    warm_up: float = 1.0
    """What happens before counts for conservation and not for latencies."""
    processes: int = 80
    writers: int = 1
    """Batches that a process may have under way at the same time."""
    shards: int = 18
    redis_masters: int = 6
    most_per_batch: int = 256
    queue: int = 2_048
    """Calls that a process has at most in it; more are refused at once."""
    store_timeout: float = 5.0
    patience: float | None = None
    """How long a writer waits for a shard before it leaves the calls of that shard behind and goes
    on with the others; None: for as long as the store's timeout, and all calls with it."""
    flush_seconds: float = 0.2
    event_key: EventKey = EventKey.EVENT_ID
    alert_key: AlertKey = AlertKey.WORKSPACE
    mix: Mix = field(default_factory=Mix)
    domains: int = 2_000
    workspaces: int = 10
    """Workspaces of a domain."""
    keys: int = 1_000
    """Dedup keys of a domain."""
    zipf: float = 1.0
    """The n-th domain, and the n-th key of a domain, comes 1 / n ** zipf as often as the first."""
    storm: Span | None = None
    storm_domain: int = 20
    """Counted from the largest, 1."""
    storm_factor: float = 100.0
    redis_down: Span | None = None
    last_event_on_alert: bool = False
    """The alert says what was last recorded for its key, so that no event is looked for."""
    shard_down: Span | None = None
    """While it lasts, the first shard has no primary."""
    costs: Costs = field(default_factory=Costs)
    seed: int = 1

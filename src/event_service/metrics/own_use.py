"""What the worker processes use of the machine, all of them together.

prometheus_client has a collector for one process, and none for several.
"""

from __future__ import annotations

import time
from functools import cache

from prometheus_client import Counter, Gauge

from event_service.metrics.instruments import REGISTRY
from event_service.process_memory import resident_bytes


class OwnUse:
    """Adds the use of this process to metrics that several share, under the usual names."""

    def __init__(self) -> None:
        self._cpu = Counter(
            "process_cpu_seconds_total",
            "Total user and system CPU time spent in seconds, of all workers.",
            registry=REGISTRY,
        )
        self._memory = Gauge(
            "process_resident_memory_bytes",
            "Resident memory size in bytes, of all workers.",
            registry=REGISTRY,
            multiprocess_mode="livesum",
        )
        self._told = 0.0

    def tell(self) -> None:
        """Look once."""
        used = time.process_time()
        self._cpu.inc(used - self._told)
        self._told = used
        resident = resident_bytes()
        if resident is not None:
            self._memory.set(resident)


@cache
def own_use() -> OwnUse:
    """That of this process."""
    return OwnUse()

"""CPU seconds and memory of processes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.service import RunningService

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """User and system seconds of the serving processes and of the stores, since they started."""

    serving: float
    mongodb: float = 0.0
    redis: float = 0.0

    def since(self, before: Usage) -> Usage:
        """What was used between the two."""
        return Usage(
            self.serving - before.serving,
            self.mongodb - before.mongodb,
            self.redis - before.redis,
        )


def usage_of(service: RunningService) -> Usage:
    """What a service and its embedded stores have used."""
    processes = service.processes()
    return Usage(
        cpu_seconds(processes.serving),
        cpu_seconds(processes.mongodb),
        cpu_seconds(processes.redis),
    )


def usage_of_child(pid: int) -> Usage:
    """What a process has used."""
    return Usage(cpu_seconds([psutil.Process(pid)]))


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """User and system time of all threads of the processes that still run."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def memory_of(service: RunningService) -> float:
    """MiB that the largest serving process holds (resident set size)."""
    sizes = []
    for process in service.processes().serving:
        with suppress(psutil.NoSuchProcess):
            sizes.append(process.memory_info().rss / _MEBIBYTE)
    return max(sizes, default=0.0)

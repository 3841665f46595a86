"""CPU seconds and memory of processes."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.service import RunningService

_MEBIBYTE = 1024 * 1024
_HAS_CPU_CLOCKS = sys.platform.startswith("linux")


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
        with suppress(psutil.NoSuchProcess, OSError):
            total += _cpu_seconds(process)
    return total


def _cpu_seconds(process: psutil.Process) -> float:
    if _HAS_CPU_CLOCKS:
        # clock_getcpuclockid(3): to the nanosecond, where what psutil reads goes by 10 ms.
        return time.clock_gettime((~process.pid << 3) | 2)
    times = process.cpu_times()
    return float(times.user + times.system)


def memory_of(service: RunningService) -> float:
    """MiB that the largest serving process holds (resident set size)."""
    sizes = []
    for process in service.processes().serving:
        with suppress(psutil.NoSuchProcess):
            sizes.append(process.memory_info().rss / _MEBIBYTE)
    return max(sizes, default=0.0)

"""Keeps the threads of a process on one core, where Python lets only one of them run anyway.

Threads on several cores wake one another across cores for every turn at the interpreter's lock:
under load that takes as much CPU as the work itself. On the one core, a thread that wakes up does
not interrupt the one that runs (SCHED_BATCH): it would only find the lock taken and sleep again.
The process chooses its core itself. It moves when others want that core and another is free, and
when it may no longer use it: an orchestrator changes what a container may use while it runs. Linux
only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 1.0
_WORTH_A_MOVE: Final = 0.25
"""How much more of its own core others must want than of the one that it moves to, of 1."""
_THREADS: Final = Path("/proc/self/task")
_STATISTICS: Final = Path("/proc/stat")
_ARENA_MAX: Final = -8
"""M_ARENA_MAX of glibc's malloc.h."""
_IDLE: Final = slice(3, 5)
"""Where a line of the statistics has the time of a core without work: idle, and waiting for I/O."""


def keep_to_one_core(number: int = 0) -> None:
    """Do so from here on, if there are several and the system can; for a process, once.

    Processes with different numbers begin on different cores.
    """
    if sys.platform != "linux":
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        _share_one_heap()
        keeper = Keeper(cores, cores[number % len(cores)])
        threading.Thread(target=keeper.run, name="one-core", daemon=True).start()


def better_core(mine: int, busy: Mapping[int, float], own: float) -> int:
    """The core to be on: ``mine``, unless another one has clearly more to give.

    ``busy`` is how much of each core is in use, of 1, and ``own`` how much this process uses.
    """
    others = busy[mine] - own
    least = min(busy, key=lambda core: (others if core == mine else busy[core], core != mine))
    return least if others - busy[least] > _WORTH_A_MOVE else mine


def _share_one_heap() -> None:
    """Have all threads allocate from one heap, where the C library can (glibc).

    Each would get one of several, so that those on other cores need not wait for it; here they only
    hold what other threads could use again.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_ARENA_MAX, 1)


class Keeper:
    """Keeps the threads of this process together, on one core of those that it may use."""

    def __init__(self, cores: Collection[int], mine: int) -> None:
        """It was started on ``cores``, and begins on ``mine``."""
        self._cores = cores
        self._mine = mine
        self._before: _Used | None = None

    def run(self) -> None:
        """Look after it, for ever; let all threads go if the system does not let it."""
        try:
            while True:
                self.look()
                time.sleep(_LOOK_SECONDS)
        except OSError as fault:
            _log.warning("no longer kept to one core", fault=str(fault))
            with suppress(OSError):
                _put(self._allowed(), os.SCHED_OTHER)

    def look(self) -> None:
        """See which core is the one to be on, and have all threads there. Raises OSError."""
        now = _used()
        better = self._best(self._allowed(), now)
        if better != self._mine:
            _log.debug("moved to another core", core=better)
            self._mine = better
        _put({self._mine}, os.SCHED_BATCH)  # also threads that another library has set free
        self._before = now

    def _best(self, allowed: Collection[int], now: _Used) -> int:
        if self._mine not in allowed:
            return min(allowed)
        before = self._before
        # A core may have come or gone since.
        known = {core for core in allowed if before and core in before.cores and core in now.cores}
        if before is None or self._mine not in known:
            return self._mine
        took = now.at - before.at
        busy = {core: (now.cores[core] - before.cores[core]) / took for core in known}
        return better_core(self._mine, busy, (now.own - before.own) / took)

    def _allowed(self) -> set[int]:
        # The system tells of a thread where it was put, so this one is put on all: it gets those
        # that it may have. None of ours may be left: then it is any.
        try:
            os.sched_setaffinity(0, self._cores)
        except OSError as fault:
            if fault.errno != errno.EINVAL:
                raise
            os.sched_setaffinity(0, _used().cores)
        return os.sched_getaffinity(0)


class _Used(NamedTuple):
    """When it was looked at, the CPU time of this process, and that of each core, in seconds."""

    at: float
    own: float
    cores: Mapping[int, float]


def _used() -> _Used:
    tick = os.sysconf("SC_CLK_TCK")
    used: dict[int, float] = {}
    for line in _STATISTICS.read_text(encoding="ascii").splitlines():
        name, *times = line.split()
        if name[:3] == "cpu" and name[3:].isdigit():
            spent = [int(one) for one in times]
            used[int(name[3:])] = (sum(spent[:8]) - sum(spent[_IDLE])) / tick
    return _Used(time.monotonic(), time.process_time(), used)


def _put(cores: Collection[int], policy: int) -> None:
    for thread in _THREADS.iterdir():
        # It has ended; or the core has just been taken away, which the next look sees.
        with suppress(OSError):
            os.sched_setaffinity(int(thread.name), cores)
            os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))

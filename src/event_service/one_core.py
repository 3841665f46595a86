"""Keeps the threads of a process on one core, where Python lets only one of them run anyway.

Spread over several, they wake one another across cores for every turn at the interpreter's lock:
under load that takes as much CPU as the work itself. Nor does a thread there that wakes up push
aside the one that runs (SCHED_BATCH): it would only find the lock taken, and go to sleep again.
Which core it is, the process looks after by itself: it moves on when others want that one and
another is free. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        keeper = _Keeper(cores, cores[number % len(cores)])
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


class _Keeper:
    def __init__(self, cores: list[int], mine: int) -> None:
        self._cores = cores
        self._mine = mine

    def run(self) -> None:
        """Look after it, for ever."""
        self._take(self._mine)
        before = self._used()
        while True:
            time.sleep(_LOOK_SECONDS)
            now = self._used()
            took = now[0] - before[0]
            busy = {core: (now[2][core] - before[2][core]) / took for core in self._cores}
            better = better_core(self._mine, busy, (now[1] - before[1]) / took)
            if better != self._mine:
                _log.debug("moved to another core", core=better)
                self._mine = better
            self._take(self._mine)  # also threads that another library has set free
            before = now

    def _take(self, core: int) -> None:
        for thread in _THREADS.iterdir():
            with suppress(ProcessLookupError):  # it has ended
                os.sched_setaffinity(int(thread.name), {core})
                with suppress(OSError):  # a sandbox may not have it: it goes without
                    os.sched_setscheduler(int(thread.name), os.SCHED_BATCH, os.sched_param(0))

    def _used(self) -> tuple[float, float, dict[int, float]]:
        """The time, the CPU time of this process, and that of each core, in seconds."""
        tick = os.sysconf("SC_CLK_TCK")
        used: dict[int, float] = {}
        for line in _STATISTICS.read_text(encoding="ascii").splitlines():
            name, *times = line.split()
            if name[:3] == "cpu" and name[3:].isdigit():
                spent = [int(one) for one in times]
                used[int(name[3:])] = (sum(spent[:8]) - sum(spent[_IDLE])) / tick
        return time.monotonic(), time.process_time(), used

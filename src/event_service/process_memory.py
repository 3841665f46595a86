"""The memory of this process: how much it is, and giving back what is no longer used.

What was freed the C library keeps, and pieces of what is still used lie scattered in it: after some
hundred large requests at the same time a process would stay at their size for good.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Final

from event_service.stoppable_thread import StoppableThread, periodic

_STATM: Final = Path("/proc/self/statm")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_LOOK_SECONDS: Final = 5.0
_WORTH_A_LOOK: Final = 160 * 1024 * 1024
"""Bytes. Less a process has by itself, and under small requests."""


def resident_bytes() -> int | None:
    """What of this process is in memory; None where nothing tells: it is known on Linux alone."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except OSError:
        return None
    return pages * _PAGE_BYTES


def give_back() -> None:
    """Give freed memory back to the system if there may be much, where the C library can (glibc).

    A gigabyte takes a tenth of a second, for which threads that allocate may have to wait; where
    nothing is to be given back it takes less than a millisecond.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None and (resident_bytes() or 0) > _WORTH_A_LOOK:
        trim(0)


def giving_back() -> StoppableThread:
    """A thread that does so every five seconds."""
    return periodic(give_back, _LOOK_SECONDS, "freed-memory")

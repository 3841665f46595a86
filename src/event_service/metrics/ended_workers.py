"""What becomes of the metrics of a worker that has ended: its counts stay, added to the others'."""

from __future__ import annotations

import fcntl
import glob
import os
import struct
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from event_service.metrics.shared_files import VARIABLE, file_of, held, is_begun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_KINDS: Final = ("counter", "histogram")
_MOST_AROUND_A_KEY: Final = 4 + 8 + 16
"""Bytes of its length, what fills it up, and its two numbers."""
_HEAD_BYTES: Final = 8

_adding: Final = threading.Lock()
_ended: Final[set[int]] = set()
"""Workers that have ended and still have files of their own."""


def worker_gone(pid: int) -> None:
    """A worker has ended: it has no queue and sees no store any longer. Its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    with _adding:
        _ended.add(pid)
        try:
            # It takes the directory for a pattern.
            mark_process_dead(pid, glob.escape(os.environ[VARIABLE]))  # type: ignore[no-untyped-call]
            # Whoever reads may be frozen, and the next worker must start: it can wait.
            with held(fcntl.LOCK_EX | fcntl.LOCK_NB):
                _add_ended()
        except (OSError, RuntimeError, ValueError, struct.error):  # no room, a torn file
            return
        _ended.clear()


def _add_ended() -> None:
    """Keep the counts of all that have ended in one file of a kind.

    With a file of each, a worker that can't start would make /metrics slower with every attempt,
    and fill the disk.
    """
    for kind in _KINDS:
        files = [file_of(kind, pid) for pid in _ended]
        _add_up(file_of(kind, "ended"), [file for file in files if file.exists()])


def _add_up(total: Path, files: Sequence[Path]) -> None:
    from prometheus_client.mmap_dict import MmapedDict  # noqa: PLC0415

    if not files:
        return
    counted: dict[str, float] = defaultdict(float)
    for file in filter(is_begun, (total, *files)):
        for key, value, *_ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
            counted[key] += value
    unfinished = total.with_suffix(".new")
    # Its room is taken first: where there is none, writing to mapped memory ends the process.
    room = _HEAD_BYTES + sum(len(key.encode()) + _MOST_AROUND_A_KEY for key in counted)
    unfinished.write_bytes(bytes(room))
    written = MmapedDict(str(unfinished))  # type: ignore[no-untyped-call]
    for key, value in counted.items():
        written.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    written.close()  # type: ignore[no-untyped-call]
    unfinished.replace(total)
    for file in files:
        file.unlink()

"""The files in which several worker processes of one service keep their metrics together.

Imports nothing of prometheus_client by itself, which looks at the environment only once, when it
is imported: a supervisor calls ``share_metrics`` first, and then imports the rest.
"""

from __future__ import annotations

import fcntl
import glob
import os
import struct
import threading
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names their directory, for this process and those that it starts."""

_KINDS: Final = ("counter", "histogram")
_MOST_AROUND_A_KEY: Final = 4 + 8 + 16
"""Bytes of its length, what fills it up, and its two numbers."""

_adding: Final = threading.Lock()
_ended: Final[set[int]] = set()
"""Workers that have ended and still have files of their own."""


def share_metrics(directory: Path) -> None:
    """Keep metrics together with the processes started from here on, from zero, in the directory.

    What was kept there before goes. Raises OSError.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kept in directory.glob("*.db"):
        kept.unlink()
    os.environ[VARIABLE] = str(directory)


@contextmanager
def begun_files() -> Iterator[list[str]]:
    """The files that workers have begun to keep their metrics in; they stay while they are read.

    One that is there and empty is just being made, or was when its worker was killed or the disk
    became full: whoever reads it fails.
    """
    directory = Path(os.environ[VARIABLE])
    with _held(directory, fcntl.LOCK_SH):
        yield [str(file) for file in directory.glob("*.db") if _is_begun(file)]


def worker_gone(pid: int) -> None:
    """A worker has ended: it has no queue and sees no store any longer. Its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    directory = Path(os.environ[VARIABLE])
    with _adding:
        _ended.add(pid)
        try:
            # It takes the directory for a pattern.
            mark_process_dead(pid, glob.escape(str(directory)))  # type: ignore[no-untyped-call]
            # Whoever reads may be frozen, and the next worker must start: it can wait.
            with _held(directory, fcntl.LOCK_EX | fcntl.LOCK_NB):
                _add_ended(directory)
        except (OSError, RuntimeError, ValueError, struct.error):  # no room, a torn file
            return
        _ended.clear()


def _add_ended(directory: Path) -> None:
    """Keep the counts of all that have ended in one file of a kind.

    With a file of each, a worker that can't start would make /metrics slower with every attempt,
    and fill the disk.
    """
    for kind in _KINDS:
        files = [directory / f"{kind}_{pid}.db" for pid in _ended]
        _add_up(directory / f"{kind}_ended.db", [file for file in files if file.exists()])


def _add_up(total: Path, files: Sequence[Path]) -> None:
    from prometheus_client.mmap_dict import MmapedDict  # noqa: PLC0415

    if not files:
        return
    counted: dict[str, float] = defaultdict(float)
    for file in filter(_is_begun, (total, *files)):
        for key, value, *_ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
            counted[key] += value
    unfinished = total.with_suffix(".new")
    # Its room is taken first: where there is none, writing to mapped memory ends the process.
    room = 8 + sum(len(key.encode()) + _MOST_AROUND_A_KEY for key in counted)
    unfinished.write_bytes(bytes(room))
    written = MmapedDict(str(unfinished))  # type: ignore[no-untyped-call]
    for key, value in counted.items():
        written.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    written.close()  # type: ignore[no-untyped-call]
    unfinished.replace(total)
    for file in files:
        file.unlink()


@contextmanager
def _held(directory: Path, how: int) -> Iterator[None]:
    """While the files are read (LOCK_SH), or change (LOCK_EX). Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _is_begun(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # it went with its worker
        return False

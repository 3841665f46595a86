"""The files in which several worker processes of one service keep their metrics together.

Imports nothing of prometheus_client by itself, which looks at the environment only once, when it
is imported: a supervisor calls ``share_metrics`` first, and then imports the rest.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names their directory, for this process and those that it starts."""

_ROOM: Final = {
    "counter": 256 * 1024,
    "gauge_livemax": 64 * 1024,
    "gauge_livemostrecent": 64 * 1024,
    "gauge_livesum": 64 * 1024,
    "histogram": 256 * 1024,
}
"""The files of a worker, and the bytes that all their series take with every label they have."""
_USED_BYTES, _HEAD_BYTES = 4, 8
"""A file begins with the number of bytes that are used, in the machine's order, and a pause."""


def share_metrics(directory: Path) -> None:
    """Keep metrics together with the processes started from here on, from zero, in the directory.

    What was kept there before goes. Raises OSError.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kept in directory.glob("*.db"):
        kept.unlink()
    os.environ[VARIABLE] = str(directory)


def take_room() -> None:
    """Have the disk give this process all that its files will take. Raises OSError.

    They are written to as memory: where the disk is full by then, the system ends the process.
    """
    for kind, room in _ROOM.items():
        # A worker of the same pid may have left one: then this one goes on with it.
        with _file(kind, os.getpid()).open("ab") as file:
            file.write(bytes(max(0, room - file.tell())))


def begun_files() -> list[str]:
    """The files that workers have begun to keep their metrics in.

    One that is there and empty is just being made, or was when its worker was killed or the disk
    became full: whoever reads it fails.
    """
    return [str(file) for file in Path(os.environ[VARIABLE]).glob("*.db") if _is_begun(file)]


def worker_gone(pid: int) -> None:
    """A worker has ended: it has no queue and sees no store any longer. Its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(pid)  # type: ignore[no-untyped-call]
    for kind in _ROOM:
        with suppress(OSError):  # it has just been removed, or was not made; else it is only room
            _give_room_back(_file(kind, pid))


def _file(kind: str, pid: int) -> Path:
    return Path(os.environ[VARIABLE]) / f"{kind}_{pid}.db"


def _give_room_back(file: Path) -> None:
    with file.open("r+b") as kept:
        used = int.from_bytes(kept.read(_USED_BYTES), sys.byteorder)
        # Where nothing is used the head stays: somebody may be about to read it.
        kept.truncate(max(used, _HEAD_BYTES))


def _is_begun(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # it went with its worker
        return False

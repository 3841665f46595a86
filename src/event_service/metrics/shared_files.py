"""The files in which several worker processes of one service keep their metrics together.

Imports nothing of prometheus_client, which looks at the environment only once, when it is imported:
a supervisor calls ``share_metrics`` first, and then imports the rest.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        with file_of(kind, os.getpid()).open("ab") as file:
            file.write(bytes(max(0, room - file.tell())))


@contextmanager
def begun_files() -> Iterator[list[str]]:
    """The files that workers have begun to keep their metrics in; they stay while they are read.

    One that is there and empty is just being made, or was when its worker was killed or the disk
    became full: whoever reads it fails.
    """
    with held(fcntl.LOCK_SH):
        directory = Path(os.environ[VARIABLE])
        yield [str(file) for file in directory.glob("*.db") if is_begun(file)]


def file_of(kind: str, owner: int | str) -> Path:
    """The file of that kind of a process, by its pid, or of those that have ended."""
    return Path(os.environ[VARIABLE]) / f"{kind}_{owner}.db"


def is_begun(file: Path) -> bool:
    """Whether it is there with something in it."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # it went with its worker
        return False


@contextmanager
def held(how: int) -> Iterator[None]:
    """While the files are read (``fcntl.LOCK_SH``), or change (``LOCK_EX``). Raises OSError."""
    descriptor = os.open(os.environ[VARIABLE], os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)

"""Does this machine give the service what it needs: files, connections, room?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from event_service.bodies import struct_bson
from event_service.doctor.finding import failure, ok, warning
from event_service.open_files import files_allowed, files_needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.doctor.finding import Finding
    from event_service.settings import Settings

_DIRECTORY: Final = "Data directory"
_FILES: Final = "Open files"
_DISK: Final = "Disk"
_COMPILED: Final = "Compiled parts"
_SOME_BYTES: Final = 2 * 1024**3
_FEW_BYTES: Final = 256 * 1024**2
"""Two files of the embedded store's journal: it does not write without room for the next one."""


def check_data_directory(
    settings: Settings, *, holder: int | None, embedded: bool
) -> Iterator[Finding]:
    """Findings of the data directory, and of the room on its disk if a store is in it."""
    path = settings.data_dir
    place = _nearest(path)
    advice = "Give it to the service's user (chown), or set EVENT_DATA_DIR."
    if not os.access(place, os.W_OK | os.X_OK):
        yield failure(_DIRECTORY, f"{place} can't be written by this user", advice)
    elif place.is_file():
        yield failure(_DIRECTORY, f"{place} is a file", "Set EVENT_DATA_DIR to a directory.")
    elif place != path:
        yield ok(_DIRECTORY, f"{path} is made when it is needed")
    else:
        whose = "nobody holds it" if holder is None else f"held by process {holder or '(unknown)'}"
        yield ok(_DIRECTORY, f"{path}, {whose}")
    if embedded:
        yield _of_disk(place)


def check_open_files(settings: Settings, pid: int | None) -> Iterator[Finding]:
    """Finding of the limit of the service's process, or of one that is started from here."""
    needed = files_needed(settings)
    allowed = _limit_of(pid, settings)
    if allowed is None or allowed >= needed:
        yield ok(_FILES, f"{'unlimited' if allowed is None else allowed}, {needed} are enough")
        return
    advice = f"Raise it: ulimit -n {needed}, or LimitNOFILE={needed} in the unit of systemd."
    yield warning(_FILES, f"{allowed} are allowed, {needed} may be needed under load", advice)


def check_compiled() -> Finding:
    """Finding of how the modules of ``event_service.bodies`` were installed."""
    if Path(struct_bson.__file__).suffix != ".py":
        return ok(_COMPILED, "in use")
    advice = (
        "Install a C compiler and the headers of Python (on Debian: apt install gcc python3-dev), "
        "then the service again: large bodies will take a third of the time."
    )
    return warning(_COMPILED, "not there; all works without, more slowly", advice)


def _of_disk(place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    found = f"{free / 1024**3:.1f} GiB are free"
    advice = "Make room, let events expire (EVENT_RETENTION_DAYS), or set another EVENT_DATA_DIR."
    if free < _FEW_BYTES:
        return failure(_DISK, found, advice)
    return warning(_DISK, found, advice) if free < _SOME_BYTES else ok(_DISK, found)


def _nearest(path: Path) -> Path:
    """The path, or the nearest directory above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())


def _limit_of(pid: int | None, settings: Settings) -> int | None:
    """How many files a process may open; one started from here, where the system tells of no other.

    None for no limit.
    """
    if pid is not None:
        try:
            limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        except OSError:
            limits = ""
        for line in limits.splitlines():
            if line.startswith("Max open files"):
                soft = line.split()[3]
                return int(soft) if soft.isdigit() else None
    return files_allowed(settings)

"""The files in which several worker processes of one service keep their metrics together.

Imports nothing of prometheus_client by itself, which looks at the environment only once, when it
is imported: a supervisor calls ``share_metrics`` first, and then imports the rest.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names their directory, for this process and those that it starts."""


def share_metrics(directory: Path) -> None:
    """Keep metrics together with the processes started from here on, from zero, in the directory.

    What was kept there before goes. Raises OSError.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kept in directory.glob("*.db"):
        kept.unlink()
    os.environ[VARIABLE] = str(directory)


def begun_files() -> list[str]:
    """The files that workers have begun to keep their metrics in.

    One that is there and empty is just being made, or was when its worker was killed or the disk
    became full: whoever reads it fails.
    """
    return [str(file) for file in Path(os.environ[VARIABLE]).glob("*.db") if _is_begun(file)]


def worker_gone(pid: int) -> None:
    """A worker has ended: it has no queue and sees no store any longer. Its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    # It takes the directory for a pattern.
    mark_process_dead(pid, glob.escape(os.environ[VARIABLE]))  # type: ignore[no-untyped-call]


def _is_begun(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # it went with its worker
        return False

"""What the figures were measured on. No names of hosts and no paths."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGES = ("grpcio", "protobuf", "pymongo", "redis", "uvicorn", "SecantusDB")
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Machine:
    """``load`` is the run queue of the last minute before the start: what else was running."""

    cores: int
    architecture: str
    python: str
    packages: Mapping[str, str]
    revision: str
    load: float


def this_machine() -> Machine:
    """The machine and the code that runs on it."""
    return Machine(
        cores=os.cpu_count() or 1,
        architecture=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: importlib.metadata.version(name) for name in _PACKAGES},
        revision=_revision(),
        load=round(os.getloadavg()[0], 2),
    )


def _revision() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    said = subprocess.run(  # noqa: S603
        [git, "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"

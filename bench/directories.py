"""Data directories with events in them: seeded once, copied for each use."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.seeding import Stored, seed
from bench.service import RunningService, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_WORTH_KEEPING = 10_000


class Directories:
    """Below a directory of the bench's own."""

    def __init__(self, place: Path, tell: Callable[[str], None]) -> None:
        self._place = place
        self._tell = tell
        self._kept: dict[Stored, Path] = {}
        self._used = 0

    @contextmanager
    def serving(self, stored: Stored, processes: int) -> Iterator[RunningService]:
        """A service on a directory with those events; the directory goes at the end."""
        self._used += 1
        path = self._place / f"run-{self._used}"
        keep = stored.events >= _WORTH_KEEPING
        if keep:
            shutil.copytree(self._kept_for(stored), path)
        try:
            with serving(path, processes) as service:
                if not keep:
                    seed(service.runtime.mongodb_uri, stored)
                yield service
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def _kept_for(self, stored: Stored) -> Path:
        if stored not in self._kept:
            path = self._place / f"stored-{len(self._kept)}"
            self._tell(f"storing {stored.events:,} events")
            with serving(path) as service:
                seconds = seed(service.runtime.mongodb_uri, stored)
            self._tell(f"stored {stored.events:,} events in {seconds:.0f} s")
            self._kept[stored] = path
        return self._kept[stored]

"""The thread that brings counts into the database a moment after they were answered."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pymongo
import structlog
from pymongo.errors import PyMongoError

from event_service.errors import ServiceError
from event_service.manager.per_document import portions

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from event_service.manager.orphaned_counts import OrphanedCounts
    from event_service.manager.repeats import RepeatCounts, RepeatWriter
    from event_service.manager.request_counts import RequestCounts

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
_LAST_SECONDS = 5.0
"""For the last write: whoever stops a process kills it some ten seconds after its calls."""


class Flusher:
    """Writes repeats and webhook counters ``interval`` seconds after the first of them came.

    Idle, it does nothing but look for the counts of dead processes every five seconds.
    """

    def __init__(
        self,
        repeats: RepeatCounts,
        writer: RepeatWriter,
        requests: RequestCounts,
        database: Database[dict[str, Any]],
        orphans: OrphanedCounts,
        wake: threading.Event,
        interval: float,
    ) -> None:
        self._repeats = repeats
        self._writer = writer
        self._requests = requests
        self._database = database
        self._orphans = orphans
        self._wake = wake
        self._interval = interval
        self._flushing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flusher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is there and end the thread, if it was started.

        The database has 5 s for it: where it doesn't answer, what only this process knows is lost.
        """
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        with pymongo.timeout(_LAST_SECONDS):
            self.flush()

    def flush(self) -> bool:
        """Write all counts now; False if the database did not answer (they are kept)."""
        # One at a time: who asks for a flush also waits for one that is under way.
        with self._flushing:
            repeats = _done(self._write_repeats)
            requests = _done(lambda: self._requests.flush(self._database))
            return repeats and requests

    def adopt_orphans(self) -> None:
        """Write the counts that dead processes left in Redis."""
        with self._flushing:
            _done(self._write_orphans)

    def _write_repeats(self) -> None:
        self._writer.finish()
        repeats, begun = self._repeats.take(), 0
        try:
            for part in portions(repeats):
                self._writer.begin(part)
                begun += len(part)
                self._writer.finish()
        finally:
            self._repeats.add(repeats[begun:])

    def _write_orphans(self) -> None:
        self._writer.finish()
        for part in portions(self._orphans.take()):
            self._writer.begin(part)
            self._writer.finish()

    def _run(self) -> None:
        # By a clock that nobody sets: a step back must not put the next look off.
        next_look = time.monotonic() + _LOOK_SECONDS
        while not self._stopping.is_set():
            if self._wake.wait(max(0.0, next_look - time.monotonic())):
                if self._stopping.wait(self._interval):
                    return  # what is there is for ``stop`` to write
                self._wake.clear()
                if not self.flush():
                    self._stopping.wait(_PAUSE_SECONDS)
                    self._wake.set()
            if time.monotonic() >= next_look:
                self.adopt_orphans()
                next_look = time.monotonic() + _LOOK_SECONDS


def _done(write: Callable[[], None]) -> bool:
    """False if it could not be done now; it is tried again."""
    try:
        write()
    except (PyMongoError, ServiceError) as error:
        _log.warning("counts could not be written; kept", fault=type(error).__name__)
        return False
    except Exception as error:  # noqa: BLE001  # or it ends the thread, and no count is written
        _log.exception("counts could not be written", fault=type(error).__name__)
        return False
    return True

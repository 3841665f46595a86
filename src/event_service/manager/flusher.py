"""The thread that brings counts into the database a moment after they were answered."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import structlog
from pymongo.errors import PyMongoError

from event_service.store_clients import REDIS_FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from event_service.dedup.claims import Claims
    from event_service.manager.repeats import RepeatCounts, RepeatWriter
    from event_service.manager.request_counts import RequestCounts

_log = structlog.get_logger(__name__)

_ORPHAN_SECONDS = 10.0
"""How old the counts in Redis are, at least, of a process that is thought to have died."""
_INTERVALS = 3
"""A live process writes its counts after one."""

_PAUSE_SECONDS = 1.0


class Flusher:
    """Writes repeats and webhook counters ``interval`` seconds after the first of them came.

    Idle, it does nothing but look for the counts of dead processes every ten seconds.
    """

    def __init__(
        self,
        repeats: RepeatCounts,
        writer: RepeatWriter,
        requests: RequestCounts,
        database: Database[dict[str, Any]],
        claims: Claims,
        wake: threading.Event,
        interval: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._repeats = repeats
        self._writer = writer
        self._requests = requests
        self._database = database
        self._claims = claims
        self._wake = wake
        self._interval = interval
        self._clock = clock
        self._flushing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flusher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is there and end the thread."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        self.flush()

    def flush(self) -> bool:
        """Write all counts now; False if the database did not answer (they are kept)."""
        # One at a time: who asks for a flush also waits for one that is under way.
        with self._flushing:
            repeats = self._repeats.take()
            try:
                if repeats:
                    self._writer.write(repeats)
                self._requests.flush(self._database)
            except PyMongoError as error:
                self._repeats.put_back(repeats)
                _log.warning("counts could not be written; kept", fault=type(error).__name__)
                return False
            return True

    def adopt_orphans(self) -> None:
        """Write the counts that dead processes left in Redis."""
        age = max(_ORPHAN_SECONDS, _INTERVALS * self._interval)
        before = int((self._clock() - age) * 1000)
        try:
            orphans = self._claims.orphans(before)
            if orphans:
                self._writer.write(orphans)
        except (PyMongoError, *REDIS_FAULTS) as error:
            _log.warning("orphaned counts could not be written", fault=type(error).__name__)

    def _run(self) -> None:
        # By a clock that nobody sets: a step back must not put the next look off.
        next_look = time.monotonic() + _ORPHAN_SECONDS
        while not self._stopping.is_set():
            if self._wake.wait(max(0.0, next_look - time.monotonic())):
                self._stopping.wait(self._interval)
                self._wake.clear()
                if not self.flush():
                    self._stopping.wait(_PAUSE_SECONDS)
                    self._wake.set()
            if time.monotonic() >= next_look:
                self.adopt_orphans()
                next_look = time.monotonic() + _ORPHAN_SECONDS

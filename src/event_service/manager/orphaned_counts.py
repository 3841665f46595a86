"""Counts that only Redis has any longer: those of processes that died before they wrote them.

A process that lives writes what it counted after a moment, or as soon as the database is back. So a
count is nobody's when it is old and two looks find it the same, with the database answering at
both. The process that is the first to mark it writes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from event_service.instants import to_milliseconds
from event_service.store_clients import mongodb_answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pymongo.database import Database

    from event_service.dedup.claims import Claims, PendingRepeats

_LEAST_SECONDS = 10.0
_FLUSHES = 3


class OrphanedCounts:
    """Looks for them on behalf of one process; to be called now and then, by one thread."""

    def __init__(
        self,
        claims: Claims,
        database: Database[dict[str, Any]],
        flush_seconds: float,
        clock: Callable[[], datetime],
    ) -> None:
        """``flush_seconds`` is how long a process that lives gathers counts before it writes."""
        self._claims = claims
        self._database = database
        self._old = timedelta(seconds=max(_LEAST_SECONDS, _FLUSHES * flush_seconds))
        self._clock = clock
        self._seen: frozenset[PendingRepeats] = frozenset()

    def take(self) -> list[PendingRepeats]:
        """Those that are the caller's to write now. Raises as ``Claims.orphans`` does.

        What the caller then fails to write is found again by a later look.
        """
        before, self._seen = self._seen, frozenset()
        if not mongodb_answers(self._database):
            return []
        self._seen = frozenset(self._claims.orphans(to_milliseconds(self._clock() - self._old)))
        return self._claims.adopt([one for one in self._seen if one in before])

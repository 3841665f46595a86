"""Repeats that were counted, on their way into the database (CONTRACT 4.4).

A repeat costs its caller one step in Redis, which counts it. What is here brings the counts of
many repeats into the database at once, a moment later. The counts stand in Redis until then, so
that those of a process that died are found and written by another one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from event_service.dedup.claims import Claims, PendingRepeats
from event_service.instants import to_milliseconds

if TYPE_CHECKING:
    from datetime import datetime

    from event_service.dedup.key import DedupKey
    from event_service.manager.alerts import AlertManager
    from event_service.manager.event_log import EventLog

_log = structlog.get_logger(__name__)

Replay = Callable[[Mapping[str, Any]], object]


class RepeatCounts:
    """The repeats that this process has answered and not yet written; any thread may add."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str], tuple[int, int]] = {}

    def add(self, key: DedupKey, alert_id: str, event_id: str, at_ms: int) -> None:
        """One delivery repeated that event of that alert."""
        self._merge((key.digest, alert_id, event_id), 1, at_ms)
        self._wake()

    def take(self) -> list[PendingRepeats]:
        """All of them; they are the taker's to write, or to put back."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return [PendingRepeats(*ids, count, last_ms) for ids, (count, last_ms) in counts.items()]

    def put_back(self, repeats: Iterable[PendingRepeats]) -> None:
        """They could not be written."""
        for repeat in repeats:
            ids = (repeat.digest, repeat.alert_id, repeat.event_id)
            self._merge(ids, repeat.count, repeat.last_ms)

    def _merge(self, ids: tuple[str, str, str], count: int, at_ms: int) -> None:
        with self._lock:
            before, last_ms = self._counts.get(ids, (0, 0))
            self._counts[ids] = (before + count, max(last_ms, at_ms))


class RepeatWriter:
    """Writes counted repeats, and mends what Redis could not know."""

    def __init__(self, log: EventLog, alerts: AlertManager, claims: Claims, replay: Replay) -> None:
        self._log = log
        self._alerts = alerts
        self._claims = claims
        self._replay = replay

    def write(self, repeats: Sequence[PendingRepeats]) -> None:
        """Add the counts to their events and alerts, in one bulk write each.

        Raises ``pymongo.errors.PyMongoError``; nothing is settled in Redis then.
        """
        gone = self._log.add_repeats(repeats)
        self._alerts.add_repeats(repeats)
        self._claims.settle(repeats)
        self._mend(repeats, gone)

    def _mend(self, repeats: Sequence[PendingRepeats], gone: frozenset[str]) -> None:
        # Where the event is gone, the next delivery is recorded again. Where the alert is not
        # open any longer, Redis was out of reach when that happened. If, back with its old data,
        # it went on counting, those were no repeats, so what they repeated is delivered once more
        # and the database decides. What was counted before the alert ended is not meant: its
        # alert is over.
        ended = self._alerts.ended_among(one.alert_id for one in repeats)
        for one in repeats:
            stale = one.event_id in gone or one.alert_id in ended
            if not stale or not self._claims.drop(one.digest, one.alert_id):
                continue
            if one.alert_id not in ended or _came_before(one, ended[one.alert_id]):
                continue
            event = self._log.find(one.event_id)
            if event is not None:
                _log.warning("repeats of an ended alert, delivered anew", alert_id=one.alert_id)
                self._replay(event)


def _came_before(repeats: PendingRepeats, resolved_at: datetime | None) -> bool:
    return resolved_at is not None and repeats.last_ms <= to_milliseconds(resolved_at)

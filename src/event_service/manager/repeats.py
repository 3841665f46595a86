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
from pymongo.errors import PyMongoError

from event_service.dedup.claims import Claims, PendingRepeats
from event_service.errors import Unavailable
from event_service.instants import to_milliseconds

if TYPE_CHECKING:
    from datetime import datetime

    from event_service.manager.alerts import AlertManager
    from event_service.manager.event_log import EventLog

_log = structlog.get_logger(__name__)

Replay = Callable[[Mapping[str, Any]], object]


class RepeatCounts:
    """The repeats that this process has answered and not yet written. Any thread may use it."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str, str], tuple[int, int]] = {}

    def add(self, repeats: Iterable[PendingRepeats]) -> None:
        """They were answered just now, or could not be written yet."""
        for one in repeats:
            ids = (one.shard, one.digest, one.alert_id, one.event_id)
            with self._lock:
                before, last_ms = self._counts.get(ids, (0, 0))
                self._counts[ids] = (before + one.count, max(last_ms, one.last_ms))
            self._wake()

    def take(self) -> list[PendingRepeats]:
        """All of them; they are the taker's to write, or to add again."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return [PendingRepeats(*ids, count, last_ms) for ids, (count, last_ms) in counts.items()]


class RepeatWriter:
    """Writes counted repeats, and mends what Redis could not know. For one thread at a time.

    What fails half way is gone on with from there, so that no step is done twice.
    """

    def __init__(self, log: EventLog, alerts: AlertManager, claims: Claims, replay: Replay) -> None:
        self._log = log
        self._alerts = alerts
        self._claims = claims
        self._replay = replay
        self._gone: frozenset[str] = frozenset()
        self._for_alerts: Sequence[PendingRepeats] = ()
        self._to_settle: Sequence[PendingRepeats] = ()
        self._to_mend: Sequence[PendingRepeats] = ()
        self._to_replay: list[PendingRepeats] = []

    def begin(self, repeats: Sequence[PendingRepeats]) -> None:
        """Add the counts to their events; to be called after ``finish``, and before it.

        They are ``portions``, at most: what is begun again would be counted again.
        Raises ``pymongo.errors.PyMongoError``: they are to be begun again then. Of those that the
        database has counted without saying so the count is too high, and never too low.
        """
        self._gone = self._log.add_repeats(repeats)
        self._for_alerts = repeats

    def finish(self) -> None:
        """Do the rest for what was begun: alerts, Redis, and what is to be mended.

        Raises ``pymongo.errors.PyMongoError``, and Unavailable; the next call goes on from there.
        What can't be delivered anew at all is given up.
        """
        if self._for_alerts:
            self._alerts.add_repeats(self._for_alerts)
            self._to_settle = (*self._to_settle, *self._for_alerts)
            self._to_mend = (*self._to_mend, *self._for_alerts)
            self._for_alerts = ()
        if self._to_settle and self._claims.settle(self._to_settle):
            self._to_settle = ()
        # Redis has to be there for it: it is asked what it takes for open.
        if self._to_mend and not self._to_settle:
            self._to_replay += self._outdated(self._to_mend)
            self._to_mend = ()
        while self._to_replay:
            self._deliver_anew(self._to_replay[0])
            del self._to_replay[0]

    def _outdated(self, repeats: Sequence[PendingRepeats]) -> list[PendingRepeats]:
        """Those that Redis counted for an alert that had ended; it has forgotten their claims."""
        # Where the event is gone, the next delivery is recorded again. Where the alert is not
        # open any longer, Redis was out of reach when that happened. If, back with its old data,
        # it went on counting, those were no repeats, so what they repeated is delivered once more
        # and the database decides. What was counted before the alert ended is not meant: its
        # alert is over.
        ended = self._alerts.ended_among(one.alert_id for one in repeats)
        return [
            one
            for one in repeats
            if (one.event_id in self._gone or one.alert_id in ended)
            and self._claims.drop(one)
            and one.alert_id in ended
            and not _came_before(one, ended[one.alert_id])
        ]

    def _deliver_anew(self, repeats: PendingRepeats) -> None:
        event = self._log.find(repeats.event_id)
        if event is not None:
            _log.warning("repeats of an ended alert, delivered anew", alert_id=repeats.alert_id)
            try:
                self._replay(event)
            except (PyMongoError, Unavailable):
                raise
            # What another service has recorded may hold anything.
            except Exception as fault:  # noqa: BLE001  # all other counts wait for this one
                _log.error(
                    "not delivered anew", event_id=repeats.event_id, fault=type(fault).__name__
                )


def _came_before(repeats: PendingRepeats, resolved_at: datetime | None) -> bool:
    return resolved_at is not None and repeats.last_ms <= to_milliseconds(resolved_at)

"""The database decides: what becomes of an event when Redis' word is not enough (CONTRACT 4.5)."""

from __future__ import annotations

from itertools import compress
from operator import not_
from typing import TYPE_CHECKING, Any

from event_service.dedup.decision import Decision, Verdict
from event_service.errors import Unavailable
from event_service.manager.alert_update import RESOLVED
from event_service.manager.candidate import recorded_fingerprint
from event_service.manager.delivery import SENT_AGAIN, Outcome
from event_service.manager.event_document import last_seen
from event_service.manager.read_values import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.dedup.claims import Claims
    from event_service.manager.alerts import AlertManager
    from event_service.manager.candidate import Candidate
    from event_service.manager.event_log import EventLog

_ATTEMPTS = 50


class Settlement:
    """Records one event by reading what its key has and trying again until nobody interferes."""

    def __init__(self, log: EventLog, alerts: AlertManager, claims: Claims) -> None:
        self._log = log
        self._alerts = alerts
        self._claims = claims

    def settle(self, one: Candidate) -> Outcome:
        """Record it, count it, or drop it, and tell Redis what holds now.

        Raises Unavailable, and ``pymongo.errors.PyMongoError`` when the database does not answer;
        the same may then be delivered again.
        """
        attempt = self._recovery if one.recovers else self._alarm
        for _ in range(_ATTEMPTS):
            outcome = attempt(one)
            if outcome is not None:
                return outcome
        raise Unavailable("The alert of the event's key changes hands too fast.")

    def in_vain(self, candidates: Sequence[Candidate]) -> list[bool]:
        """Which of them are recoveries that have nothing to end, as far as one look shows it.

        A whole group may be: its monitoring system has sent it twice, or there are two of it.
        Raises ``pymongo.errors.PyMongoError``.
        """
        keys = [one.key.digest for one in candidates if one.recovers]
        if not keys:
            return [False] * len(candidates)
        since = min(one.delivery.at for one in candidates) - SENT_AGAIN
        alerts = self._alerts.open_or_ended_since(keys, since)
        ended = [one for one in alerts if one.get("state") == RESOLVED]
        recorded = self._log.confirm(
            [(text_of(one.get("recovery_event_id")), text_of(one.get("alert_id"))) for one in ended]
        )
        unfinished = [one for one in alerts if one.get("state") != RESOLVED]
        unfinished += compress(ended, map(not_, recorded))
        concerned = {one["dedup_key"] for one in unfinished}
        return [one.recovers and one.key.digest not in concerned for one in candidates]

    def _alarm(self, one: Candidate) -> Outcome | None:
        """None where somebody was faster, or an alert made way: to be tried again."""
        newest = self._alerts.newest(one.key)
        if newest is None or not newest.holds:
            episode = 0 if newest is None else newest.episode + 1
            if not self._alerts.open([(one, episode)])[0]:
                return None
            self._install(one, self._write(one), episode)
            return Outcome.RECORDED
        one = one.of_alert(newest.alert_id)
        last = self._last_event(one)
        seen = newest.seen_at if last is None else last_seen(last)
        # Where nothing tells when it was seen, it is seen now: by the delivery that joins it.
        if seen is not None and one.delivery.at - seen >= one.window:
            self._alerts.supersede(newest)
            return None
        if not self._alerts.join([one])[0]:
            return None
        outcome, event_id = self._count_or_write(one, last)
        repeated = last if outcome is Outcome.REPEATED else None
        self._install(one, event_id, newest.episode, repeated)
        return outcome

    def _recovery(self, one: Candidate) -> Outcome | None:
        """None where somebody was faster."""
        newest = self._alerts.newest_open(one.key)
        if newest is None:
            return self._unrecorded_recovery(one)
        alert_id, episode = newest
        one = one.of_alert(alert_id)
        if not self._alerts.join([one])[0]:
            return None
        if not one.ends_claim:
            return self._count_or_write(one, self._last_event(one))[0]
        self._write(one)
        self._claims.end([one.ended(episode)])
        return Outcome.RECORDED

    def _unrecorded_recovery(self, one: Candidate) -> Outcome:
        # No alert is open. If the last one was resolved just now, by a recovery that never got
        # recorded (its process died in between), this is that recovery, sent again.
        last = self._alerts.last_recovery(one.key)
        if last is None:
            return Outcome.DROPPED
        alert_id, event_id, resolved_at = last
        # Events are kept for longer than that: what isn't there so soon was never recorded.
        if one.delivery.at - resolved_at >= SENT_AGAIN:
            return Outcome.DROPPED
        if self._log.confirm([(event_id, alert_id)])[0]:
            return Outcome.DROPPED
        self._write(one._replace(alert_id=alert_id, event_id=event_id))
        return Outcome.RECORDED

    def _last_event(self, one: Candidate) -> Mapping[str, Any] | None:
        last = self._log.newest(one.key)
        return last if last is not None and last.get("alert_id") == one.alert_id else None

    def _count_or_write(
        self, one: Candidate, last: Mapping[str, Any] | None
    ) -> tuple[Outcome, str]:
        if last is not None and one.repeats(last):
            self._log.count_repeat(last["event_id"], one.delivery.at)
            return Outcome.REPEATED, last["event_id"]
        return Outcome.RECORDED, self._write(one)

    def _write(self, one: Candidate) -> str:
        (outcome,) = self._log.write([one])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _install(
        self,
        one: Candidate,
        event_id: str,
        episode: int,
        repeated: Mapping[str, Any] | None = None,
    ) -> None:
        held = Decision(Verdict.RECORD, one.alert_id, event_id, episode)
        # Not what it says itself: by the policy ``first`` anything repeats the last event.
        recorded = one.fingerprint if repeated is None else recorded_fingerprint(repeated)
        self._claims.install(one.key, held, recorded, one.fingerprint, one.window_ms)

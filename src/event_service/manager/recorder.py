"""The dedup decision: whether a delivery opens an alert, joins one, repeats, or ends one.

Why N concurrent creates of one key can't open two alerts: the alerts of a key are its episodes,
numbered from 0, and the database's unique index over key and episode admits one document for each
of them. Every way to open an alert is one insert of an episode, the next after the newest one
that the opener knows, so of N inserts one wins and the others are told so before anything of
theirs is written. An opener goes on to the next episode only when the newest alert is resolved, or
when its window is over and the opener has marked it superseded, by an update that names the
``last_seen_at`` it read: a delivery that joins in that moment either changes that time, and the
opener reads again, or finds the mark and decides anew. With Redis up, its Lua step hands OPEN to
one delivery and makes the others wait, join or repeat: that saves round trips and decides nothing.
With Redis down, or emptied in between, all N come to the insert, N - 1 fail there, read the winner
and join it. And nobody believes Redis about an event that only Redis has seen: a repeat counts
once the event it repeats is known to be in the database (see ``flights``), else the database
decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from event_service.dedup.decision import Decision, Proposal, Verdict
from event_service.dedup.key import DedupKey
from event_service.draft import EventDraft, EventType
from event_service.errors import Unavailable
from event_service.fingerprint import fingerprint
from event_service.ids import new_id
from event_service.instants import to_milliseconds
from event_service.manager.alerts import AlertManager, NewAlert
from event_service.manager.delivery import Delivery, Outcome
from event_service.manager.event_document import event_document, last_seen, recorded_draft
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.dedup.claims import Claims
    from event_service.manager.event_log import EventLog
    from event_service.manager.flights import Flights
    from event_service.manager.repeats import RepeatCounts

_ATTEMPTS = 50
_FLIGHT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One event of a delivery on its way, with the ids it takes if it is recorded."""

    delivery: Delivery
    draft: EventDraft
    key: DedupKey
    fingerprint: str
    event_id: str
    alert_id: str

    @property
    def recovers(self) -> bool:
        return self.draft.event_type is EventType.RECOVERY

    @property
    def ends_claim(self) -> bool:
        return self.recovers and self.delivery.recovery is RecoveryMode.AUTO

    @property
    def window(self) -> timedelta:
        return timedelta(seconds=self.delivery.window_seconds)

    @property
    def window_ms(self) -> int:
        return self.delivery.window_seconds * 1000

    def repeats(self, last: Mapping[str, Any]) -> bool:
        """True if the policy has it counted rather than recorded, ``last`` being the last event."""
        if self.delivery.policy is RecordingPolicy.ALL:
            return bool(last["event_id"] == self.event_id)
        if self.delivery.policy is RecordingPolicy.FIRST and not self.recovers:
            return True
        return fingerprint(recorded_draft(last)) == self.fingerprint


class Recorder:
    """Records the events of deliveries, each on its own (CONTRACT 3.4 and 4)."""

    def __init__(
        self,
        log: EventLog,
        alerts: AlertManager,
        claims: Claims,
        flights: Flights,
        repeats: RepeatCounts,
    ) -> None:
        self._log = log
        self._alerts = alerts
        self._claims = claims
        self._flights = flights
        self._repeats = repeats

    def record(self, delivery: Delivery, draft: EventDraft, index: int = 0) -> Outcome:
        """Record one event of a delivery, count it, or drop it.

        When it returns, what it did is durable in the database, or, for a repeat, counted in
        Redis and on its way there. Raises ``pymongo.errors.PyMongoError`` when the database does
        not answer; the same delivery may then be sent again.
        """
        one = _candidate(delivery, draft, index)
        with self._flights.announce(one.event_id, one.alert_id):
            return self._record(one)

    def settle(self, delivery: Delivery, draft: EventDraft) -> Outcome:
        """Record one event without asking Redis: the database decides."""
        return self._settle(_candidate(delivery, draft))

    def _record(self, one: _Candidate) -> Outcome:
        decision = self._claims.decide(
            one.key,
            Proposal(
                recovers=one.recovers,
                ends_claim=one.ends_claim,
                always_record=one.delivery.policy is RecordingPolicy.ALL,
                never_record=one.delivery.policy is RecordingPolicy.FIRST,
                fingerprint=one.fingerprint,
                alert_id=one.alert_id,
                event_id=one.event_id,
                window_ms=one.window_ms,
                at_ms=to_milliseconds(one.delivery.at),
            ),
        )
        if decision.verdict is Verdict.OPEN:
            if self._open(one, decision.episode):
                return Outcome.RECORDED
        elif decision.verdict is Verdict.REPEAT:
            self._wait_for(decision.event_id, one)
            if self._log.confirm(decision.event_id, decision.alert_id):
                self._repeats.add(
                    one.key, decision.alert_id, decision.event_id, to_milliseconds(one.delivery.at)
                )
                return Outcome.REPEATED
        elif decision.verdict is Verdict.RECORD:
            self._wait_for(decision.alert_id, one)
            if self._join(one, decision.alert_id):
                return Outcome.RECORDED
        elif decision.verdict is Verdict.END:
            self._wait_for(decision.alert_id, one)
            if self._resolve(one, decision.alert_id, decision.episode):
                return Outcome.RECORDED
        return self._settle(one)

    def _settle(self, one: _Candidate) -> Outcome:
        if one.recovers:
            return self._settle_recovery(one)
        for _ in range(_ATTEMPTS):
            newest = self._alerts.newest(one.key)
            if newest is None or not newest.holds:
                episode = 0 if newest is None else newest.episode + 1
                if self._open(one, episode):
                    self._install(one, one.alert_id, one.event_id, episode)
                    return Outcome.RECORDED
                continue
            last = self._last_event(one, newest.alert_id)
            seen = newest.last_seen_at or newest.created_at if last is None else last_seen(last)
            if one.delivery.at - seen >= one.window:
                self._alerts.supersede(newest)
            elif self._alerts.join(newest.alert_id, one.draft, one.delivery.at):
                outcome, event_id = self._count_or_write(one, newest.alert_id, last)
                self._install(one, newest.alert_id, event_id, newest.episode)
                return outcome
        raise Unavailable("The alert of the event's key changes hands too fast.")

    def _settle_recovery(self, one: _Candidate) -> Outcome:
        for _ in range(_ATTEMPTS):
            newest = self._alerts.newest_open(one.key)
            if newest is None:
                return self._finish_recovery(one)
            alert_id, episode = newest
            if one.ends_claim:
                if self._resolve(one, alert_id, episode):
                    return Outcome.RECORDED
            elif self._alerts.join(alert_id, one.draft, one.delivery.at):
                last = self._last_event(one, alert_id)
                return self._count_or_write(one, alert_id, last)[0]
        raise Unavailable("The alert of the event's key changes hands too fast.")

    def _last_event(self, one: _Candidate, alert_id: str) -> Mapping[str, Any] | None:
        last = self._log.newest(one.key)
        return None if last is None or last["alert_id"] != alert_id else last

    def _count_or_write(
        self, one: _Candidate, alert_id: str, last: Mapping[str, Any] | None
    ) -> tuple[Outcome, str]:
        if last is not None and one.repeats(last):
            self._log.count_repeat(last["event_id"], one.delivery.at)
            return Outcome.REPEATED, last["event_id"]
        return Outcome.RECORDED, self._write(one, alert_id)

    def _finish_recovery(self, one: _Candidate) -> Outcome:
        # No alert is open. If the last one was resolved by a recovery that never got recorded
        # (its process died in between), this is that recovery, sent again.
        unrecorded = self._alerts.last_recovery(one.key)
        if unrecorded is None:
            return Outcome.DROPPED
        alert_id, event_id = unrecorded
        if self._log.confirm(event_id, alert_id):
            return Outcome.DROPPED
        self._log.write(event_document(one.draft, one.delivery, event_id, alert_id))
        return Outcome.RECORDED

    def _open(self, one: _Candidate, episode: int) -> bool:
        delivery = one.delivery
        alert = NewAlert(one.alert_id, episode, one.draft, delivery.webhook_id, delivery.at)
        if not self._alerts.open(one.key, alert):
            return False
        self._write(one, one.alert_id)
        return True

    def _join(self, one: _Candidate, alert_id: str) -> bool:
        if not self._alerts.join(alert_id, one.draft, one.delivery.at):
            return False
        self._write(one, alert_id)
        return True

    def _resolve(self, one: _Candidate, alert_id: str, episode: int) -> bool:
        if not self._alerts.resolve(alert_id, one.draft, one.event_id, one.delivery.at):
            return False
        self._write(one, alert_id)
        self._claims.end(one.key, alert_id, episode, one.window_ms)
        return True

    def _write(self, one: _Candidate, alert_id: str) -> str:
        return self._log.write(event_document(one.draft, one.delivery, one.event_id, alert_id))

    def _install(self, one: _Candidate, alert_id: str, event_id: str, episode: int) -> None:
        held = Decision(Verdict.RECORD, alert_id, event_id, episode)
        self._claims.install(one.key, held, one.fingerprint, one.window_ms)

    def _wait_for(self, awaited: str, one: _Candidate) -> None:
        self._flights.wait(awaited, unless=one.event_id, seconds=_FLIGHT_SECONDS)


def _candidate(delivery: Delivery, draft: EventDraft, index: int = 0) -> _Candidate:
    content = fingerprint(draft)
    return _Candidate(
        delivery=delivery,
        draft=draft,
        key=DedupKey(
            delivery.domain_id, delivery.workspace_id, delivery.project_id, draft.event_key
        ),
        fingerprint=content,
        event_id=delivery.event_id(content, draft.event_key, index),
        alert_id=new_id("alert"),
    )

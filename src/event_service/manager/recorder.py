"""The dedup decision: whether a delivery opens an alert, joins one, repeats, or ends one.

Why N concurrent creates of one key can't open two alerts: an alert holds its key by its field
``claim``, the digest of the key, and the database's unique index on that field admits one document
per digest; every way to open an alert is one insert of such a document, so of N inserts one wins
and the others are told so before anything of theirs is written. With Redis up, its Lua step hands
OPEN to one delivery and makes the others wait, join or repeat: that saves round trips and decides
nothing. With Redis down, or emptied in between, all N come to the insert and N - 1 fail there,
read the winner and join it. A claim is given up only by the update that resolves its alert, or by
one that takes it from an alert whose window is over and names the ``last_seen_at`` it read: who
joins in that moment changes that time and keeps the claim, or finds it gone and decides anew. And
nobody believes Redis about an event that only Redis has seen: a repeat counts once the event it
repeats is known to be in the database (see ``flights``), else the database decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from event_service.dedup.claims import Claims
from event_service.dedup.decision import Proposal, Verdict
from event_service.dedup.key import DedupKey
from event_service.draft import EventDraft, EventType
from event_service.errors import Unavailable
from event_service.fingerprint import fingerprint
from event_service.ids import new_id
from event_service.instants import to_milliseconds
from event_service.manager.alerts import AlertManager
from event_service.manager.delivery import Delivery, Outcome
from event_service.manager.event_document import event_document, last_seen, recorded_draft
from event_service.manager.event_log import EventLog
from event_service.manager.flights import Flights
from event_service.manager.repeats import RepeatCounts
from event_service.policies import RecordingPolicy, RecoveryMode

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
        key = DedupKey(
            delivery.domain_id, delivery.workspace_id, delivery.project_id, draft.event_key
        )
        content = fingerprint(draft)
        event_id = delivery.event_id(content, draft.event_key, index)
        one = _Candidate(delivery, draft, key, content, event_id, new_id("alert"))
        with self._flights.announce(one.event_id, one.alert_id):
            return self._record(one)

    def settle(self, delivery: Delivery, draft: EventDraft) -> Outcome:
        """Record one event without asking Redis: the database decides."""
        key = DedupKey(
            delivery.domain_id, delivery.workspace_id, delivery.project_id, draft.event_key
        )
        content = fingerprint(draft)
        return self._settle(
            _Candidate(delivery, draft, key, content, new_id("event"), new_id("alert"))
        )

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
            if self._open(one):
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
            if self._resolve(one, decision.alert_id):
                return Outcome.RECORDED
        return self._settle(one)

    def _settle(self, one: _Candidate) -> Outcome:
        if one.recovers:
            return self._settle_recovery(one)
        for _ in range(_ATTEMPTS):
            holder = self._alerts.holder(one.key)
            if holder is None:
                if self._open(one):
                    self._install(one, one.alert_id, one.event_id)
                    return Outcome.RECORDED
                continue
            last = self._log.newest(one.key)
            if last is not None and last["alert_id"] != holder.alert_id:
                last = None
            seen = holder.last_seen_at or holder.created_at if last is None else last_seen(last)
            if holder.resolved or one.delivery.at - seen >= _window(one):
                self._alerts.release(one.key, holder)
            elif last is not None and one.repeats(last):
                if self._alerts.join(one.key, holder.alert_id, one.draft, one.delivery.at):
                    self._log.count_repeat(last["event_id"], one.delivery.at)
                    self._install(one, holder.alert_id, last["event_id"])
                    return Outcome.REPEATED
            elif self._join(one, holder.alert_id):
                self._install(one, holder.alert_id, one.event_id)
                return Outcome.RECORDED
        raise Unavailable("The alert of the event's key changes hands too fast.")

    def _settle_recovery(self, one: _Candidate) -> Outcome:
        for _ in range(_ATTEMPTS):
            alert_id = self._alerts.newest_open(one.key)
            if alert_id is None:
                return self._finish_recovery(one)
            if one.ends_claim:
                if self._resolve(one, alert_id):
                    self._claims.end(one.key, alert_id)
                    return Outcome.RECORDED
                continue
            last = self._log.newest(one.key)
            joined = self._alerts.join(
                one.key, alert_id, one.draft, one.delivery.at, claim=False
            )
            if not joined:
                continue
            if last is not None and last["alert_id"] == alert_id and one.repeats(last):
                self._log.count_repeat(last["event_id"], one.delivery.at)
                return Outcome.REPEATED
            self._write(one, alert_id)
            return Outcome.RECORDED
        raise Unavailable("The alert of the event's key changes hands too fast.")

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

    def _open(self, one: _Candidate) -> bool:
        delivery = one.delivery
        if not self._alerts.open(
            one.key, one.draft, delivery.webhook_id, one.alert_id, delivery.at
        ):
            return False
        self._write(one, one.alert_id)
        return True

    def _join(self, one: _Candidate, alert_id: str) -> bool:
        claim = not one.recovers
        if not self._alerts.join(one.key, alert_id, one.draft, one.delivery.at, claim=claim):
            return False
        self._write(one, alert_id)
        return True

    def _resolve(self, one: _Candidate, alert_id: str) -> bool:
        if not self._alerts.resolve(alert_id, one.draft, one.event_id, one.delivery.at):
            return False
        self._write(one, alert_id)
        return True

    def _write(self, one: _Candidate, alert_id: str) -> None:
        self._log.write(event_document(one.draft, one.delivery, one.event_id, alert_id))

    def _install(self, one: _Candidate, alert_id: str, event_id: str) -> None:
        self._claims.install(one.key, alert_id, event_id, one.fingerprint, one.window_ms)

    def _wait_for(self, awaited: str, one: _Candidate) -> None:
        self._flights.wait(awaited, unless=one.event_id, seconds=_FLIGHT_SECONDS)


def _window(one: _Candidate) -> timedelta:
    return timedelta(seconds=one.delivery.window_seconds)

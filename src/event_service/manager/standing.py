"""How dedup keys stand in the database, and what the next delivery of each is then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from event_service.dedup.decision import Decision, Verdict
from event_service.manager.candidate import Recorded, recorded_of
from event_service.manager.delivery import SENT_AGAIN
from event_service.manager.event_document import last_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from event_service.manager.alerts import AlertManager
    from event_service.manager.candidate import Candidate
    from event_service.manager.event_log import EventLog
    from event_service.manager.key_alerts import EndedAlert, KeyAlert, KeyAlerts


class Standing(NamedTuple):
    """The alert that holds a key, and what was recorded on it last.

    Without a holder ``alert_id`` is empty, and ``episode`` that of the next one.
    """

    alert_id: str = ""
    last: Recorded | None = None
    episode: int = 0

    def decide(self, one: Candidate) -> Decision:
        """What the delivery is (CONTRACT 4.1 to 4.4)."""
        if not self.alert_id:
            return Decision(Verdict.OPEN, one.alert_id, one.event_id, self.episode)
        if one.ends_claim:
            return Decision(Verdict.END, self.alert_id, one.event_id)
        if self.last is not None and one.repeats(self.last):
            return Decision(Verdict.JOIN, self.alert_id, self.last.event_id)
        return Decision(Verdict.RECORD, self.alert_id, one.event_id)

    def after(self, one: Candidate, decision: Decision) -> Standing:
        """How the key stands once that is done."""
        joins = decision.verdict is Verdict.JOIN
        last = self.last if joins else Recorded(one.event_id, one.fingerprint)
        return Standing(decision.alert_id, last)


Found: TypeAlias = Standing | Decision | None
"""How a key stands, or what a delivery of it is; None where that is to be found out anew."""


class Standings:
    """Reads how keys stand: those of many deliveries, each of another key, in a few calls."""

    def __init__(self, log: EventLog, alerts: AlertManager, keys: KeyAlerts) -> None:
        self._log = log
        self._alerts = alerts
        self._keys = keys

    def for_alarms(self, alarms: Sequence[Candidate]) -> dict[str, Found]:
        """How the keys stand, by their digests. An alert whose window is over makes way.

        Raises ``pymongo.errors.PyMongoError``.
        """
        if not alarms:
            return {}
        newest = self._keys.newest([one.key.digest for one in alarms])
        holders = {digest: alert for digest, alert in newest.items() if alert.holds}
        last_of = self._log.newest(
            {
                holders[one.key.digest].alert_id: one.key
                for one in alarms
                if one.key.digest in holders
            }
        )
        found: dict[str, Found] = {}
        over: dict[str, KeyAlert] = {}
        for one in alarms:
            digest = one.key.digest
            holder = holders.get(digest)
            last = last_of.get(holder.alert_id) if holder else None
            if holder is None:
                found[digest] = _free(newest.get(digest))
            elif _is_over(one, holder, last):
                over[digest] = holder
            else:
                found[digest] = Standing(holder.alert_id, _recorded(last))
        made_way = self._alerts.supersede(over.values())
        for digest, holder in over.items():
            found[digest] = _free(holder) if holder.alert_id in made_way else None
        return found

    def for_recoveries(self, recoveries: Sequence[Candidate]) -> dict[str, Found]:
        """How the keys stand that have an open alert, and what becomes of the other recoveries.

        Raises ``pymongo.errors.PyMongoError``.
        """
        if not recoveries:
            return {}
        since = min(one.delivery.at for one in recoveries) - SENT_AGAIN
        concerned = self._keys.recoverable([one.key.digest for one in recoveries], since)
        open_of = {digest: one.open for digest, one in concerned.items() if one.open}
        last_of = self._log.newest(
            {
                open_of[one.key.digest]: one.key
                for one in recoveries
                if one.key.digest in open_of and not one.ends_claim
            }
        )
        found: dict[str, Found] = {
            digest: Standing(alert_id, _recorded(last_of.get(alert_id)))
            for digest, alert_id in open_of.items()
        }
        in_vain = [one for one in recoveries if one.key.digest not in open_of]
        ended = [concerned[one.key.digest].ended for one in in_vain]
        for one, finished in zip(in_vain, self._finished(in_vain, ended), strict=True):
            found[one.key.digest] = finished
        return found

    def _finished(
        self, recoveries: Sequence[Candidate], ended: Sequence[EndedAlert | None]
    ) -> list[Decision]:
        """What recoveries are whose keys have no open alert, but perhaps one that has ended.

        If that was resolved just now, by a recovery that never got recorded (its process died in
        between), this is that recovery, sent again.
        """
        # Events are kept for longer than that: what isn't there so soon was never recorded.
        lately = [
            its if its is not None and one.delivery.at - its.resolved_at < SENT_AGAIN else None
            for one, its in zip(recoveries, ended, strict=True)
        ]
        named = [(its.recovery_event_id, its.alert_id) for its in lately if its is not None]
        there = iter(self._log.confirm(named))
        return [
            Decision(Verdict.DROP)
            if its is None or next(there)
            else Decision(Verdict.FINISH, its.alert_id, its.recovery_event_id)
            for its in lately
        ]


def _free(newest: KeyAlert | None) -> Standing:
    """How a key stands that no alert holds, that one being the newest that it had."""
    return Standing(episode=0 if newest is None else newest.episode + 1)


def _is_over(one: Candidate, holder: KeyAlert, last: Mapping[str, Any] | None) -> bool:
    """Whether the window of the alert is over when the delivery comes."""
    # The window is that of the last event (CONTRACT 4); the alert is asked where there is none.
    seen = holder.seen_at if last is None else last_seen(last)
    # Where nothing tells when it was seen, it is seen now: by the delivery that joins it.
    return seen is not None and one.delivery.at - seen >= one.window


def _recorded(last: Mapping[str, Any] | None) -> Recorded | None:
    return None if last is None else recorded_of(last)

"""One event of a delivery on its way into the database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from event_service.bodies.plain_text import trimmed_object
from event_service.dedup.claims import EndedClaim, PendingRepeats
from event_service.dedup.decision import Decision, Proposal
from event_service.dedup.key import DedupKey
from event_service.draft import EventDraft, EventType
from event_service.fingerprint import fingerprint
from event_service.ids import new_id
from event_service.instants import to_milliseconds
from event_service.manager.event_document import event_document, recorded_draft
from event_service.manager.event_size import check_size
from event_service.manager.stored_object import stored_object
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bson.raw_bson import RawBSONDocument

    from event_service.manager.delivery import Delivery


class Recorded(NamedTuple):
    """What a key's alert had recorded last: the event's id and its fingerprint."""

    event_id: str
    fingerprint: str


class Candidate(NamedTuple):
    """An event with the rules that hold for it and the ids it takes if it is recorded.

    ``alert_id`` is that of the alert that it opens, until it is known which one it joins.
    ``info`` is its additional_info, ``at_ms`` when it came in, in milliseconds since 1970.
    """

    delivery: Delivery
    draft: EventDraft
    info: RawBSONDocument
    key: DedupKey
    fingerprint: str
    event_id: str
    alert_id: str
    at_ms: int

    @property
    def identity(self) -> tuple[str, str]:
        """What it has in common with copies of it alone: those of a call that is sent again."""
        return self.event_id, self.key.digest

    @property
    def recovers(self) -> bool:
        """Whether it is a recovery."""
        return self.draft.event_type is EventType.RECOVERY

    @property
    def ends_claim(self) -> bool:
        """Whether it resolves the alert that it joins (CONTRACT 4.3)."""
        return self.recovers and self.delivery.rules.recovery is RecoveryMode.AUTO

    @property
    def window(self) -> timedelta:
        """The duplicate window."""
        return timedelta(seconds=self.delivery.rules.window_seconds)

    @property
    def window_ms(self) -> int:
        """The duplicate window in milliseconds."""
        return self.delivery.rules.window_seconds * 1000

    def proposal(self) -> Proposal:
        """What Redis is asked to decide."""
        policy = self.delivery.rules.policy
        return Proposal(
            recovers=self.recovers,
            ends_claim=self.ends_claim,
            always_record=policy is RecordingPolicy.ALL,
            never_record=policy is RecordingPolicy.FIRST,
            fingerprint=self.fingerprint,
            alert_id=self.alert_id,
            event_id=self.event_id,
            window_ms=self.window_ms,
            at_ms=self.at_ms,
        )

    def repeats(self, last: Recorded) -> bool:
        """True if the policy has it counted rather than recorded, ``last`` being the last event."""
        policy = self.delivery.rules.policy
        if policy is RecordingPolicy.ALL:
            return last.event_id == self.event_id
        if policy is RecordingPolicy.FIRST and not self.recovers:
            return True
        return last.fingerprint == self.fingerprint

    def of_alert(self, alert_id: str) -> Candidate:
        """It as a delivery that joins that alert."""
        return self._replace(alert_id=alert_id)

    def ended(self) -> EndedClaim:
        """What Redis is told when it has resolved its alert."""
        return EndedClaim(self.key, self.alert_id, self.window_ms)

    def repeat(self, held: Decision) -> PendingRepeats:
        """It as one repeat of the event that Redis names."""
        return PendingRepeats(
            self.key.shard, self.key.digest, held.alert_id, held.event_id, 1, self.at_ms
        )

    def document(self) -> dict[str, Any]:
        """It as an event of its alert."""
        return event_document(self.draft, self.info, self.delivery, self.event_id, self.alert_id)


def recorded_of(event: Mapping[str, Any]) -> Recorded:
    """What a recorded event is to those that may repeat it, whoever recorded it.

    Its fingerprint is empty, and no other's, where it holds more objects inside one another than
    any of ours.
    """
    draft = recorded_draft(event)
    try:
        info = stored_object(trimmed_object(draft.additional_info))
    except RecursionError:
        return Recorded(event["event_id"], "")
    return Recorded(event["event_id"], fingerprint(draft, info.raw))


def candidate_of(delivery: Delivery, draft: EventDraft, index: int = 0) -> Candidate:
    """The event at that place of a delivery. Raises TooLarge for one that no document holds."""
    info = stored_object(draft.additional_info)
    content = fingerprint(draft, info.raw)
    check_size(delivery.raw_data, draft, info)
    return Candidate(
        delivery=delivery,
        draft=draft,
        info=info,
        key=DedupKey(
            delivery.domain_id, delivery.workspace_id, delivery.project_id, draft.event_key
        ),
        fingerprint=content,
        event_id=delivery.event_id(draft.event_key, index),
        alert_id=new_id("alert"),
        at_ms=to_milliseconds(delivery.at),
    )

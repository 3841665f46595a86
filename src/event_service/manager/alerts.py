"""AlertManager: opening, joining and resolving alerts (CONTRACT 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bson.int64 import Int64
from pymongo import DESCENDING
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from event_service.draft import EventType, Severity
from event_service.errors import Unavailable
from event_service.instants import from_milliseconds
from event_service.manager.alert_numbers import AlertNumbers
from event_service.manager.alert_update import A_TEXT, HOLDS, RESOLVED, in_waves, joining_update
from event_service.manager.bulk_inserts import insert_all
from event_service.manager.guarded import guarded, plus, value
from event_service.manager.per_document import PerDocument, portions
from event_service.manager.read_values import text_of
from event_service.manager.repeat_sums import summed
from event_service.metrics.deliveries import alert_changed
from event_service.wire.foreign import count_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.collection import Collection

    from event_service.dedup.claims import Claims, PendingRepeats
    from event_service.dedup.key import DedupKey
    from event_service.manager.candidate import Candidate

Document = dict[str, Any]

_URGENT = frozenset({Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE})
_KEY_ALERT_FIELDS = ["alert_id", "episode", "state", "superseded", "created_at", "last_seen_at"]
_EPISODE = {"$gte": 0, "$lt": 2**53, "$not": {"$type": "array"}}
"""The number of an episode, as any program may write it."""
_LATEST = datetime.max.replace(microsecond=999_000)  # noqa: DTZ901  # instants are naive UTC
_NUMBER_ATTEMPTS = 100
_NO_REPLICA_SET = 123


@dataclass(frozen=True, slots=True)
class KeyAlert:
    """The newest alert of a dedup key, as the database has it.

    ``holds`` says that it is open and that no newer alert may be opened while its window lasts.
    ``seen_at`` is when its last delivery came (UTC), None if nothing tells; ``last_seen_at`` what
    the database has for that.
    """

    alert_id: str
    episode: int
    holds: bool
    seen_at: datetime | None
    last_seen_at: object


class AlertManager:
    """The alerts of the database.

    The alerts of one dedup key are its episodes, numbered from 0; the unique index over key and
    episode is what makes two open alerts of one key impossible (see ``recorder``).
    """

    def __init__(
        self, alerts: Collection[Document], claims: Claims, *, taken_over: bool = False
    ) -> None:
        """``taken_over`` says that the collection has alerts of another service too."""
        self._alerts = alerts
        # Of a primary that a majority still takes for theirs: one that an election has replaced
        # may not know that yet, nor of the alerts that were opened since.
        self._of_majority = alerts.with_options(read_concern=ReadConcern("linearizable"))
        self._numbers = AlertNumbers(alerts, claims, taken_over=taken_over)

    def open(self, opening: Sequence[tuple[Candidate, int]]) -> list[bool]:
        """Open alerts, each as the given episode of its key.

        False for one whose key has such an episode already: it isn't written.
        """
        if not opening:
            return []
        opened = [True] * len(opening)
        left = list(range(len(opening)))
        for attempt in range(_NUMBER_ATTEMPTS):
            keys = [opening[place][0].key for place in left]
            numbers = self._numbers.draw(keys, look=attempt > 0)
            refused = insert_all(
                self._alerts,
                [
                    _document(*opening[place], number)
                    for place, number in zip(left, numbers, strict=True)
                ],
            )
            taken = []
            for one in reversed(refused):  # only the last number drawn can go back
                place = left[one.place]
                if "alert_number" in one.fields:
                    taken.append(place)
                elif "_id" not in one.fields:  # there: our own insert, sent again by the driver
                    self._numbers.put_back(keys[one.place], numbers[one.place])
                    opened[place] = False
            left = sorted(taken)
            if not left:
                alert_changed("opened", sum(opened))
                return opened
        raise Unavailable("No alert number could be had for the workspace.")

    def join(self, joining: Sequence[Candidate]) -> list[bool]:
        """Add deliveries to their alerts (CONTRACT 4.2, 4.3), in their order.

        False for one whose alert is resolved, is superseded, or is not there. A recovery joins a
        superseded alert too: it goes to the open alert however old.
        """
        if not joining:
            return []
        waves = in_waves(joining)
        changed = 0
        for wave in waves:
            for groups in portions(wave):
                changed += self._update(groups)
        if changed in (0, sum(len(wave) for wave in waves)):
            joined = [changed > 0] * len(joining)
        else:
            joined = self._look(joining)
        resolved = (there for one, there in zip(joining, joined, strict=True) if one.ends_claim)
        alert_changed("resolved", sum(resolved))
        return joined

    def supersede(self, alert: KeyAlert) -> None:
        """Make way for a newer alert, unless this one was seen again since it was read."""
        # Of another program's date is read what a calendar reaches: less or more than there is.
        beyond = {"$gt": ["$last_seen_at", value(_LATEST)]}
        seen = {"$cond": [beyond, value(_LATEST), {"$ifNull": ["$last_seen_at", None]}]}
        unseen = {"$lte": [seen, value(alert.last_seen_at)]}
        update = guarded({"$and": [HOLDS, unseen]}, {"superseded": value(plain=True)})
        self._alerts.update_one({"alert_id": alert.alert_id}, update)

    def newest(self, key: DedupKey) -> KeyAlert | None:
        """The newest alert of the key.

        One that another program has left without an id holds nothing: nobody can join it.
        """
        found = self._newest(key, _KEY_ALERT_FIELDS)
        if found is None:
            return None
        alert_id, last_seen_at = text_of(found.get("alert_id")), found.get("last_seen_at")
        is_open = found.get("state") != RESOLVED and not found.get("superseded")
        times = (last_seen_at, found.get("created_at"))
        return KeyAlert(
            alert_id=alert_id,
            episode=count_of(found["episode"]),
            holds=bool(alert_id) and is_open,
            seen_at=next((time for time in times if isinstance(time, datetime)), None),
            last_seen_at=last_seen_at,
        )

    def newest_open(self, key: DedupKey) -> tuple[str, int] | None:
        """(alert_id, episode) of the key's newest open alert, however old (CONTRACT 4.3)."""
        stages: list[Document] = [
            {"$match": {"dedup_key": key.digest}},
            {"$match": {"state": {"$ne": RESOLVED}, "alert_id": A_TEXT, "episode": _EPISODE}},
            {"$sort": {"episode": DESCENDING}},
            {"$limit": 1},
            {"$project": {"_id": 0, "alert_id": 1, "episode": 1}},
        ]
        found = self._of_majority_now(stages)
        return (found[0]["alert_id"], count_of(found[0]["episode"])) if found else None

    def open_or_ended_since(self, digests: Sequence[str], since: datetime) -> list[Document]:
        """dedup_key, state, alert_id and recovery_event_id of those alerts of the keys (UTC)."""
        lately = [{"state": {"$ne": RESOLVED}}, {"resolved_at": {"$not": {"$lte": since}}}]
        fields = ["dedup_key", "state", "alert_id", "recovery_event_id"]
        found = self._of_majority_now(
            [
                {"$match": {"dedup_key": {"$in": digests}}},
                {"$match": {"$or": lately}},
                {"$project": {"_id": 0, **dict.fromkeys(fields, 1)}},
            ]
        )
        return [one for one in found if isinstance(one["dedup_key"], str)]

    def last_recovery(self, key: DedupKey) -> tuple[str, str, datetime] | None:
        """(alert_id, event_id, when in UTC) of the recovery that resolved the key's newest alert.

        None if none did.
        """
        found = self._newest(key, ["alert_id", "recovery_event_id", "resolved_at"])
        if found is None:
            return None
        alert_id, event_id = (
            text_of(found.get(name)) for name in ("alert_id", "recovery_event_id")
        )
        resolved_at = found.get("resolved_at")
        if not alert_id or not event_id or not isinstance(resolved_at, datetime):
            return None
        return alert_id, event_id, resolved_at

    def ended_among(self, alert_ids: Iterable[str]) -> dict[str, datetime | None]:
        """Those of the alerts that hold their keys no longer, and when they were resolved (None:
        superseded, not there, or nothing tells)."""
        ended: dict[str, datetime | None] = dict.fromkeys(alert_ids)
        for alert_id, one in self._found(ended, ["state", "superseded", "resolved_at"]).items():
            resolved_at = one.get("resolved_at")
            if one.get("state") == RESOLVED:
                ended[alert_id] = resolved_at if isinstance(resolved_at, datetime) else None
            elif not one.get("superseded"):
                del ended[alert_id]
        return ended

    def add_repeats(self, repeats: Iterable[PendingRepeats]) -> None:
        """Those deliveries repeated events of those alerts."""
        for part in portions(summed(repeats, lambda one: one.alert_id)):
            per = PerDocument("alert_id", [one.document_id for one in part])
            last = per.value([from_milliseconds(one.last_ms) for one in part])
            changes = {
                "event_count": plus("event_count", per.value([one.count for one in part])),
                "last_seen_at": {"$max": ["$last_seen_at", last]},
            }
            self._alerts.update_many(per.where, guarded(per.guard, changes))

    def _of_majority_now(self, stages: list[Document]) -> list[Document]:
        try:
            return self._of_majority.aggregate(stages).to_list()
        except OperationFailure as fault:
            if fault.code != _NO_REPLICA_SET:
                raise
            # A server of its own, which no other can replace.
            return self._alerts.aggregate(stages).to_list()

    def _update(self, groups: Sequence[Sequence[Candidate]]) -> int:
        # Only an update of one document is sent again when the connection breaks.
        write = self._alerts.update_one if len(groups) == 1 else self._alerts.update_many
        return write(*joining_update(groups)).modified_count

    def _look(self, joining: Sequence[Candidate]) -> list[bool]:
        """Which of them the alerts show, where some were refused.

        One that joined an alert which another caller has resolved since is taken for refused: it
        is then delivered again, as if it had come after that recovery.
        """
        fields = ["dedup_key", "state", "superseded", "recovery_event_id"]
        found = self._found({one.alert_id for one in joining}, fields)
        resolving = {one.event_id for one in joining if one.ends_claim}

        def shown(one: Candidate) -> bool:
            alert = found.get(one.alert_id)
            if alert is None or alert.get("dedup_key") != one.key.digest:
                return False
            recovery = alert.get("recovery_event_id")
            if one.ends_claim:
                return bool(recovery == one.event_id)
            if alert.get("superseded") and not one.recovers:
                return False
            return alert.get("state") != RESOLVED or recovery in resolving

        return [shown(one) for one in joining]

    def _found(self, alert_ids: Iterable[str], fields: list[str]) -> dict[str, Document]:
        """Those alerts, by their ids; a list that has one of the ids in it is none of them."""
        found = self._alerts.find({"alert_id": {"$in": list(alert_ids)}}, ["alert_id", *fields])
        return {one["alert_id"]: one for one in found if isinstance(one["alert_id"], str)}

    def _newest(self, key: DedupKey, fields: list[str]) -> Document | None:
        where, newest_first = {"dedup_key": key.digest}, [("episode", DESCENDING)]
        found = self._alerts.find_one(where, fields, sort=newest_first)
        if found is None or type(found.get("episode")) in {int, Int64}:
            return found
        # Another program's word for it may stand before all numbers, or be one that is none.
        return self._alerts.find_one({**where, "episode": _EPISODE}, fields, sort=newest_first)


def _document(one: Candidate, episode: int, number: int) -> Document:
    key, draft, at = one.key, one.draft, one.delivery.at
    return {
        "alert_id": one.alert_id,
        "alert_number": number,
        "title": draft.title,
        "state": "ERROR" if draft.event_type is EventType.ERROR else "TRIGGERED",
        "description": draft.description,
        "assignee": None,
        "responder": None,
        "urgency": "HIGH" if draft.severity in _URGENT else "LOW",
        "severity": draft.severity.value,
        "rule": draft.rule,
        "image_url": draft.image_url,
        "resources": [{"name": name} for name in draft.resources],
        "provider": draft.provider,
        "account": draft.account,
        "additional_info": one.info,
        "triggered_by": one.delivery.webhook_id,
        "webhook_id": one.delivery.webhook_id,
        "domain_id": key.domain_id,
        "workspace_id": key.workspace_id,
        "project_id": key.project_id,
        "event_key": key.event_key,
        "dedup_key": key.digest,
        "episode": episode,
        "created_at": at,
        "updated_at": at,
        "last_seen_at": at,
        "event_count": 1,
        "acknowledged_at": None,
        "resolved_at": None,
    }

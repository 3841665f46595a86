"""The recorded events: writing them so that each is there once, and the newest of a key."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import AutoReconnect, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern

from event_service.ids import new_id
from event_service.instants import from_milliseconds
from event_service.manager.bulk_inserts import insert_all
from event_service.manager.delivery import SENT_AGAIN
from event_service.manager.event_bodies import EventBodies
from event_service.manager.guarded import guarded, plus
from event_service.manager.per_document import PerDocument, portions
from event_service.manager.recent_ids import RecentIds
from event_service.manager.repeat_sums import summed
from event_service.query.event_fields import BODY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection
    from pymongo.database import Database

    from event_service.dedup.claims import PendingRepeats
    from event_service.dedup.key import DedupKey
    from event_service.manager.candidate import Candidate

_Events: TypeAlias = "Collection[dict[str, Any]]"

_LAST_OF_ALERT = {"alert_id": ASCENDING, "created_at": DESCENDING, "event_id": DESCENDING}
_IDENTITY = ("domain_id", "event_key", "alert_id")


class EventLog:
    """The events of a database, as far as recording goes."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._events = events = database["event"]
        self._bodies = EventBodies(database["event_body"])
        # Without what an election may take back: a delivery may be answered on its word alone
        # (CONTRACT 4.6).
        self._committed = events.with_options(read_concern=ReadConcern("majority"))
        self._recent = RecentIds()

    def write(self, events: Sequence[Candidate]) -> list[str | PyMongoError]:
        """Write the events; for each its id, or the fault when it is not known to be there.

        The database may hold one already, since a call can be delivered twice and an
        acknowledgement can get lost: then it is not written again. An id that another event
        happens to have (12 hex digits are not many) is replaced. What another unique index
        refuses, of a database that was taken over, is refused.

        Raises ``pymongo.errors.PyMongoError``, and Unavailable.
        """
        self._bodies.keep(one.delivery for one in events)
        return self._write([one.document() for one in events])

    def _write(self, documents: Sequence[dict[str, Any]]) -> list[str | PyMongoError]:
        outcomes: list[str | PyMongoError] = [document["event_id"] for document in documents]
        try:
            refused = insert_all(self._events, documents)
        except AutoReconnect as fault:
            held = self._held(self._committed, documents)
            for place, there in enumerate(held):
                if not there:
                    outcomes[place] = fault
        else:
            # A refusal is answered when what refuses is durable too, however new.
            there_already = self._held(self._events, [documents[one.place] for one in refused])
            for one, there in zip(refused, there_already, strict=True):
                if there:
                    continue
                if "event_id" not in one.fields:
                    said = f"a unique index over {', '.join(one.fields)} refuses the event"
                    outcomes[one.place] = DuplicateKeyError(said)
                else:
                    renamed = {**documents[one.place], "event_id": new_id("event")}
                    (outcomes[one.place],) = self._write([renamed])
        self._recent.add(outcome for outcome in outcomes if isinstance(outcome, str))
        return outcomes

    def sent_again(self, named: Sequence[Candidate]) -> frozenset[str]:
        """The ids of those that are recorded, by a call that is delivered again (CONTRACT 1.6).

        ``named`` are those of calls that name themselves, one at least: no other is known again.
        Nor is it for ever, since there are senders whose calls all have one name.
        """
        since = min(one.delivery.at for one in named) - SENT_AGAIN
        ids = [one.event_id for one in named]
        # An id may be another event's: 12 hex digits are not many, and no call is to be lost to it.
        recent = {"created_at": {"$gt": since}}
        found = _found(self._committed, ids, ["domain_id", "event_key"], recent)

        def is_held(one: Candidate) -> bool:
            its = found.get(one.event_id, {})
            tenant, key = its.get("domain_id"), its.get("event_key")
            return tenant == one.key.domain_id and key == one.key.event_key

        return frozenset(one.event_id for one in named if is_held(one))

    def confirm(self, named: Sequence[tuple[str, str]]) -> list[bool]:
        """Whether each (event_id, alert_id) is there to stay; looks only where need be."""
        unsure = {
            event_id: alert_id for event_id, alert_id in named if event_id not in self._recent
        }
        if unsure:
            found = _found(self._committed, list(unsure), ["alert_id"])
            seen = {its for its, one in found.items() if one.get("alert_id") == unsure[its]}
            self._recent.add(seen)
            return [event_id not in unsure or event_id in seen for event_id, _ in named]
        return [True] * len(named)

    def newest(self, key_of: Mapping[str, DedupKey]) -> dict[str, Mapping[str, Any]]:
        """Of each of those alerts the event of its key that was recorded last, without raw_data.

        None of an alert whose last event is not of its key, or has no id or time.
        """
        if not key_of:
            return {}
        domains = list({its.domain_id for its in key_of.values()})
        rows = self._events.aggregate(
            [
                {"$match": {"alert_id": {"$in": list(key_of)}}},
                # It may be the shard key. In a stage of its own: see ``guarded``.
                {"$match": {"domain_id": {"$in": domains}}},
                {"$sort": _LAST_OF_ALERT},
                {"$project": {"_id": 0, "raw_data": 0}},
                {"$group": {"_id": "$alert_id", "newest": {"$first": "$$ROOT"}}},
            ],
            batchSize=len(key_of) + 1,
        )
        # A list that has one of the ids in it is none of them.
        found = {row["_id"]: row["newest"] for row in rows if isinstance(row["_id"], str)}
        return {its: one for its, one in found.items() if _is_of(key_of[its], one)}

    def find(self, event_id: str) -> Mapping[str, Any] | None:
        """The whole event of that id."""
        stages = [{"$match": {"event_id": event_id}}, *BODY.joined(), {"$project": {"_id": 0}}]
        with self._events.aggregate(stages) as found:
            return next(found, None)

    def add_repeats(self, repeats: Sequence[PendingRepeats]) -> frozenset[str]:
        """Those deliveries repeated those events (CONTRACT 4.4); answers which of them are gone.

        An alarm that repeats for longer than events are kept outlives the event it repeats.
        """
        counted, sums = 0, summed(repeats, lambda one: one.event_id)
        for part in portions(sums):
            per = PerDocument("event_id", [one.document_id for one in part])
            last = per.value([from_milliseconds(one.last_ms) for one in part])
            changes = {
                "repeat_count": plus("repeat_count", per.value([one.count for one in part])),
                "last_repeated_at": {"$max": ["$last_repeated_at", last]},
            }
            # Only an update of one document is sent again when the connection breaks.
            write = self._events.update_one if len(part) == 1 else self._events.update_many
            counted += write(per.where, guarded(per.guard, changes)).modified_count
        if counted == len(sums):
            return frozenset()
        asked = [one.document_id for one in sums]
        gone = frozenset(asked) - _found(self._events, asked, []).keys()
        self._recent.forget(gone)
        return gone

    def _held(self, events: _Events, documents: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Whether each of them is among the events, or another delivery of the same call."""
        if not documents:
            return []
        found = _found(events, [document["event_id"] for document in documents], _IDENTITY)

        def is_held(document: Mapping[str, Any]) -> bool:
            its = found.get(document["event_id"], {})
            return all(its.get(field) == document[field] for field in _IDENTITY)

        return [is_held(document) for document in documents]


def _found(
    events: _Events,
    event_ids: Sequence[str],
    fields: Sequence[str],
    where: Mapping[str, Any] | None = None,
) -> dict[str, Mapping[str, Any]]:
    """Those events, by their ids; a list that has one of the ids in it is none of them."""
    asked = {"event_id": {"$in": event_ids}, **(where or {})}
    found = events.find(asked, ["event_id", *fields])
    return {one["event_id"]: one for one in found if isinstance(one["event_id"], str)}


def _is_of(key: DedupKey, event: Mapping[str, Any]) -> bool:
    """Whether an event can be repeated by deliveries of the key."""
    its = event.get("domain_id"), event.get("event_key")
    named = isinstance(event.get("event_id"), str) and isinstance(event.get("created_at"), datetime)
    return named and its == (key.domain_id, key.event_key)

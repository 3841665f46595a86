"""The recorded events: writing one so that it is there once, and the newest of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING, UpdateOne
from pymongo.errors import AutoReconnect, DuplicateKeyError

from event_service.ids import new_id
from event_service.instants import from_milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pymongo.collection import Collection

    from event_service.dedup.claims import PendingRepeats
    from event_service.dedup.key import DedupKey
    from event_service.manager.flights import Flights


class EventLog:
    """The collection of events, as far as recording goes."""

    def __init__(self, events: Collection[dict[str, Any]], flights: Flights) -> None:
        self._events = events
        self._flights = flights

    def write(self, document: dict[str, Any]) -> str:
        """Write the event and return its id.

        The database may hold it already, since a call can be delivered twice and an
        acknowledgement can get lost: then nothing is written. An id that another event happens to
        have (12 hex digits are not many) is replaced.
        """
        event_id: str = document["event_id"]
        try:
            self._events.insert_one(document)
        except DuplicateKeyError:
            if not self._holds(document):
                return self.write({**document, "event_id": new_id("event")})
        except AutoReconnect:
            if not self._holds(document):
                raise
        self._flights.land(event_id)
        return event_id

    def confirm(self, event_id: str, alert_id: str) -> bool:
        """True if that event of that alert is in the database; a look only where one is needed."""
        if self._flights.has_landed(event_id):
            return True
        found = self._events.find_one({"event_id": event_id}, ["alert_id"])
        if found is None or found["alert_id"] != alert_id:
            return False
        self._flights.land(event_id)
        return True

    def newest(self, key: DedupKey) -> Mapping[str, Any] | None:
        """The event that was recorded last for the key."""
        return self._events.find_one(
            {
                "domain_id": key.domain_id,
                "workspace_id": key.workspace_id,
                "project_id": key.project_id,
                "event_key": key.event_key,
            },
            {"_id": 0, "raw_data": 0},
            sort=[("created_at", DESCENDING), ("event_id", DESCENDING)],
        )

    def find(self, event_id: str) -> Mapping[str, Any] | None:
        """The whole event of that id."""
        return self._events.find_one({"event_id": event_id}, {"_id": 0})

    def count_repeat(self, event_id: str, at: datetime) -> None:
        """One more delivery repeated that event (CONTRACT 4.4)."""
        self._events.update_one(
            {"event_id": event_id}, {"$inc": {"repeat_count": 1}, "$max": {"last_repeated_at": at}}
        )

    def add_repeats(self, repeats: Sequence[PendingRepeats]) -> frozenset[str]:
        """Those deliveries repeated those events; answers which of the events are gone.

        An alarm that repeats for longer than events are kept outlives the event it repeats.
        """
        result = self._events.bulk_write(
            [
                UpdateOne(
                    {"event_id": one.event_id},
                    {
                        "$inc": {"repeat_count": one.count},
                        "$max": {"last_repeated_at": from_milliseconds(one.last_ms)},
                    },
                )
                for one in repeats
            ],
            ordered=False,
        )
        if result.matched_count == len(repeats):
            return frozenset()
        asked = {one.event_id for one in repeats}
        found = self._events.find({"event_id": {"$in": list(asked)}}, ["event_id"])
        gone = frozenset(asked - {one["event_id"] for one in found})
        for event_id in gone:
            self._flights.forget(event_id)
        return gone

    def _holds(self, document: Mapping[str, Any]) -> bool:
        found = self._events.find_one(
            {"event_id": document["event_id"]}, ["domain_id", "alert_id", "event_key"]
        )
        return found is not None and all(
            found[field] == document[field] for field in ("domain_id", "event_key", "alert_id")
        )

"""Counts a webhook's requests without a write for each (CONTRACT 3.7)."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from event_service.manager.guarded import plus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database


class _Count:
    __slots__ = ("error", "total")

    def __init__(self) -> None:
        self.total = 0
        self.error = 0


class RequestCounts:
    """What came in since the last flush, by webhook_id. Safe for many threads.

    A process that is killed takes what it has not flushed with it: counts, and no events.
    """

    def __init__(self) -> None:
        """Start from nothing."""
        self._lock = threading.Lock()
        self._counts: defaultdict[str, _Count] = defaultdict(_Count)

    def count(self, webhook_id: str, *, failed: bool = False) -> None:
        """One request more; ``failed`` when its body could not be understood."""
        with self._lock:
            count = self._counts[webhook_id]
            count.total += 1
            count.error += failed

    def flush(self, database: Database[dict[str, Any]]) -> None:
        """Add what was counted to the webhooks' documents, in one write.

        Raises ``pymongo.errors.PyMongoError`` when the store fails. What was not written then, or
        whose answer was lost or not confirmed, is kept for the next flush: a count may be a little
        too high after a broken connection, never too low. Counts of a webhook that is gone vanish.
        """
        with self._lock:
            counts, self._counts = self._counts, defaultdict(_Count)
        if not counts:
            return
        webhook_ids = list(counts)
        unwritten = webhook_ids
        try:
            database["webhook"].bulk_write(
                [_addition(webhook_id, counts[webhook_id]) for webhook_id in webhook_ids],
                ordered=False,
            )
            unwritten = []
        except BulkWriteError as fault:
            # What a majority has not confirmed may be undone again.
            if not fault.details.get("writeConcernErrors"):
                errors = fault.details.get("writeErrors") or ()
                unwritten = [webhook_ids[error["index"]] for error in errors]
            raise
        finally:
            self._take_back({webhook_id: counts[webhook_id] for webhook_id in unwritten})

    def _take_back(self, counts: Mapping[str, _Count]) -> None:
        with self._lock:
            for webhook_id, count in counts.items():
                kept = self._counts[webhook_id]
                kept.total += count.total
                kept.error += count.error


def _addition(webhook_id: str, count: _Count) -> UpdateOne:
    """A pipeline, because ``$inc`` fails below a parent that is null, as Cloudforet leaves it.

    What is no object there gives way to the counts.
    """
    sums = {
        "total": plus("requests.total", count.total),
        "error": plus("requests.error", count.error),
    }
    is_object = {"$eq": [{"$type": "$requests"}, "object"]}
    others = {"$cond": [is_object, "$requests", {}]}
    return UpdateOne(
        {"webhook_id": webhook_id}, [{"$set": {"requests": {"$mergeObjects": [others, sums]}}}]
    )

"""Counts a webhook's requests without a write for each (CONTRACT 3.7)."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from event_service.manager.guarded import plus

if TYPE_CHECKING:
    from pymongo.database import Database


class RequestCounts:
    """What came in since the last flush, by webhook_id. Safe for many threads.

    A process that is killed takes what it has not flushed with it: counts, and no events.
    """

    def __init__(self) -> None:
        """Start from nothing."""
        self._lock = threading.Lock()
        self._totals: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()

    def count(self, webhook_id: str, *, failed: bool = False) -> None:
        """One request more; ``failed`` when its body could not be understood."""
        with self._lock:
            self._totals[webhook_id] += 1
            self._errors[webhook_id] += failed

    def flush(self, database: Database[dict[str, Any]]) -> None:
        """Add what was counted to the webhooks' documents, in one write.

        Raises ``pymongo.errors.PyMongoError`` when the store fails. What was not written then, or
        whose answer was lost or not confirmed, is kept for the next flush: a count may be a little
        too high after a broken connection, never too low. Counts of a webhook that is gone vanish.
        """
        with self._lock:
            totals, self._totals = self._totals, Counter()
            errors, self._errors = self._errors, Counter()
        if not totals:
            return
        webhook_ids = list(totals)
        unwritten = webhook_ids
        try:
            database["webhook"].bulk_write(
                [_addition(one, totals[one], errors[one]) for one in webhook_ids],
                ordered=False,
            )
            unwritten = []
        except BulkWriteError as fault:
            # What a majority has not confirmed may be undone again.
            if not fault.details.get("writeConcernErrors"):
                failed = fault.details.get("writeErrors") or ()
                unwritten = [webhook_ids[write["index"]] for write in failed]
            raise
        finally:
            with self._lock:
                for webhook_id in unwritten:
                    self._totals[webhook_id] += totals[webhook_id]
                    self._errors[webhook_id] += errors[webhook_id]


def _addition(webhook_id: str, total: int, error: int) -> UpdateOne:
    """A pipeline, because ``$inc`` fails below a parent that is null, as Cloudforet leaves it.

    What is no object there gives way to the counts.
    """
    sums = {
        "total": plus("requests.total", total),
        "error": plus("requests.error", error),
    }
    is_object = {"$eq": [{"$type": "$requests"}, "object"]}
    others = {"$cond": [is_object, "$requests", {}]}
    return UpdateOne(
        {"webhook_id": webhook_id}, [{"$set": {"requests": {"$mergeObjects": [others, sums]}}}]
    )

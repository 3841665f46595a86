"""Webhooks for many callers in one read: where the cache can't serve, each call needs its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pymongo

from event_service.manager.group_commit import GroupCommit
from event_service.metrics.deliveries import batch_taken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

_MOST_AT_ONCE = 100
"""As many documents as come in the first answer of a cursor, and one less."""
_LONGEST_ID = 1_024
"""Characters, and many more than any has. Who has no key may send as many as a request holds."""


class WebhookReads:
    """What callers ask for at the same time is read at once. Any thread may call.

    A read begins after all whom it serves have asked, so none of them is told of less than what
    held then (CONTRACT 3.2).
    """

    def __init__(self, webhooks: Collection[dict[str, Any]], seconds: float) -> None:
        """``seconds`` is how long a read may take, with the wait for it."""
        self._webhooks = webhooks
        told = partial(batch_taken, "webhook")
        self._together = GroupCommit(self._read, seconds, _MOST_AT_ONCE, told)

    def find(self, webhook_id: str) -> Mapping[str, Any] | None:
        """The document of that webhook. Raises ``pymongo.errors.PyMongoError``."""
        if len(webhook_id) > _LONGEST_ID:
            return None  # to look for it would hold up all who share the read
        return self._together.do(webhook_id)

    @property
    def waiting(self) -> int:
        """How many callers wait for their read right now."""
        return self._together.waiting

    def _read(
        self, webhook_ids: Sequence[str], seconds: float
    ) -> Sequence[Mapping[str, Any] | None]:
        asked = {"webhook_id": {"$in": list(dict.fromkeys(webhook_ids))}}
        with pymongo.timeout(seconds):
            # A list that has one of the ids in it is none of them.
            found = {
                one["webhook_id"]: one
                for one in self._webhooks.find(asked)
                if isinstance(one["webhook_id"], str)
            }
        return [found.get(webhook_id) for webhook_id in webhook_ids]

"""Bodies that several events have in common: each is kept once, and not with every event.

Alertmanager sends whatever fires of a group in one body. A thousand alarms in a megabyte would be
a gigabyte otherwise, and take longer to write than their sender waits. What callers see is the
same: the raw_data of each is all that its delivery brought (CONTRACT 3.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.ids import random_digits
from event_service.manager.bulk_inserts import insert_all
from event_service.manager.recent_ids import RecentIds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bson.raw_bson import RawBSONDocument
    from pymongo.collection import Collection

    from event_service.manager.delivery import Delivery

_MOST_COPIED: Final = 64 * 1024
"""Bytes that the copies of a body may take beside the first. To keep it apart costs those who
write its events another round trip, and those who read them."""
_ID_DIGITS: Final = 32
_REMEMBERED: Final = 1_009


def body_id_for(raw_data: RawBSONDocument, events: int) -> str:
    """What a body is to be kept apart as; empty where so many events better hold it themselves."""
    if (events - 1) * len(raw_data.raw) <= _MOST_COPIED:
        return ""
    return f"body-{random_digits(_ID_DIGITS)}"


class EventBodies:
    """The collection of bodies, as far as recording goes. Any thread may use it."""

    def __init__(self, bodies: Collection[dict[str, Any]]) -> None:
        self._bodies = bodies
        self._kept = RecentIds(_REMEMBERED)

    def keep(self, deliveries: Iterable[Delivery]) -> None:
        """See to it that the bodies of those that have them apart are there, and durable.

        Raises ``pymongo.errors.PyMongoError``, and Unavailable: none of their events may be
        written then.
        """
        apart = {one.body_id: one for one in deliveries if one.body_id}
        new = [body_id for body_id in apart if body_id not in self._kept]
        # What is refused is there: nobody else draws the same 32 digits.
        insert_all(self._bodies, [_document(apart[body_id]) for body_id in new])
        self._kept.add(new)


def _document(delivery: Delivery) -> dict[str, Any]:
    return {
        "_id": delivery.body_id,
        "raw_data": delivery.raw_data,
        "webhook_id": delivery.webhook_id,
        "project_id": delivery.project_id,
        "workspace_id": delivery.workspace_id,
        "domain_id": delivery.domain_id,
        "created_at": delivery.at,
    }

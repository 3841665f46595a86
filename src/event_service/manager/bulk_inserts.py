"""Many documents written in one go, each with an outcome of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError

from event_service.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection as Names
    from collections.abc import Sequence

    from pymongo.collection import Collection

_DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class Refused:
    """The document at that place breaks the unique index over those fields."""

    place: int
    fields: Names[str]


def insert_all(
    collection: Collection[dict[str, Any]], documents: Sequence[dict[str, Any]]
) -> list[Refused]:
    """Write all of the documents but those that a unique index refuses, which are answered.

    Raises ``pymongo.errors.PyMongoError``, and Unavailable when the write is not durable.
    """
    if not documents:
        return []
    try:
        collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if error.details.get("writeConcernErrors"):
            raise Unavailable("The database did not confirm the write; try again.") from error
        faults = error.details.get("writeErrors") or ()
        if not faults or any(fault.get("code") != _DUPLICATE_KEY for fault in faults):
            raise
        return [Refused(fault["index"], fault.get("keyPattern") or {}) for fault in faults]
    return []

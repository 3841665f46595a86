"""A database that doesn't take a count."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.collection import Collection


@contextmanager
def refused(collection: Collection[dict[str, Any]], field: str, count: int) -> Iterator[None]:
    """While it lasts, the field can have that count in no document but one of another program."""
    taken = {"_id": "of another program"}
    index = collection.create_index(field, unique=True, partialFilterExpression={field: count})
    collection.update_one(taken, {"$set": {field: count}}, upsert=True)
    yield
    collection.drop_index(index)
    collection.delete_one(taken)

"""Documents that are equal where a unique index wants them different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from event_service.model.index_steps import MakeIndex, ReplaceIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.database import Database

    from event_service.model.index_shape import DeclaredIndex, Document, IndexShape
    from event_service.model.index_steps import IndexStep

_SHOWN: Final = 3
_LONGEST: Final = 100
"""Characters of one value."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Documents that stop a unique index from being built.

    ``values`` are how many values come more than once, ``documents`` how many documents have one
    of them; ``examples`` are some of the values, the most frequent first.
    """

    index: DeclaredIndex
    values: int
    documents: int
    examples: Sequence[str]

    def __str__(self) -> str:
        """All of it in a line."""
        shown = "; ".join(self.examples)
        values = "value" if self.values == 1 else "values"
        return (
            f"{self.documents} documents of {self.index.collection} share {self.values} {values} of"
            f" {self.index.shape.fields} ({shown}{'; ...' if self.values > _SHOWN else ''})"
        )


def stopping(database: Database[Document], step: IndexStep) -> Duplicates | None:
    """What stops the step, if it builds a unique index; reads the collection then."""
    if not isinstance(step, MakeIndex | ReplaceIndex) or not step.index.shape.unique:
        return None
    if isinstance(step, ReplaceIndex) and _guards(step.old.shape):
        return None
    return find_duplicates(database, step.index)


def find_duplicates(database: Database[Document], index: DeclaredIndex) -> Duplicates | None:
    """The documents that a unique index would not take; None if it would take them all.

    A missing field counts as null, as it does in an index. A list counts as a whole, while an index
    has each of its members: two lists that share one are found only when it is built.
    Raises pymongo.errors.PyMongoError.
    """
    shape = index.shape
    # Aliased: a field's name may have dots, which a group's key may not.
    value = {f"f{at}": {"$ifNull": [f"${name}", None]} for at, (name, _) in enumerate(shape.keys)}
    found = database[index.collection].aggregate(
        [
            {"$match": _indexed(shape)},
            {"$group": {"_id": value, "documents": {"$sum": 1}}},
            {"$match": {"documents": {"$gt": 1}}},
            {"$sort": {"documents": -1, "_id": 1}},
        ],
        allowDiskUse=True,
    )
    values = documents = 0
    examples: list[str] = []
    for group in found:
        values += 1
        documents += group["documents"]
        if len(examples) < _SHOWN:
            shown = ", ".join(_beginning(group["_id"][name]) for name in value)
            examples.append(f"{shown}: {group['documents']}")
    return Duplicates(index, values, documents, tuple(examples)) if values else None


def _beginning(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _indexed(shape: IndexShape) -> dict[str, Any]:
    if shape.partial is not None:
        return dict(shape.partial)
    if shape.sparse:
        return {"$or": [{name: {"$exists": True}} for name, _ in shape.keys]}
    return {}


def _guards(old: IndexShape) -> bool:
    """Whether the old index lets no two documents be equal, as the new one will not."""
    return old.unique and old.partial is None and not old.sparse and old.collation is None

"""A field that a document may have in a document of another collection, which it names.

Many documents may name the same one. Who asks for whole documents is given it by whoever reads
them (``manager.whole_documents``). A query that reaches into the field has it joined by the
database, as late as it can be: behind whatever narrows the rows without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import bson

from event_service.query.staging import matching, parts_of

if TYPE_CHECKING:
    from event_service.query.conditions import Condition

    Stages = Sequence[Mapping[str, Any]]

_KEEPING = frozenset({"$match", "$unwind", "$sort", "$skip", "$limit"})
"""Stages behind which a row is still a document, or is one for each member of a list."""
_OTHER = "_body"


class KeptApart(NamedTuple):
    """``field`` may be missing where ``reference`` has the ``_id`` of a document of ``collection``.

    The reference stands among the first fields, so that nobody has to search a large document
    for it.
    """

    field: str
    reference: str
    collection: str

    def reached(self, stages: Stages) -> Stages:
        """The stages, with the field joined before the first that needs it."""
        if self.field.encode() not in bson.encode({"": stages}):
            return stages  # most: to look through them takes longer
        for at, stage in enumerate(stages):
            if self._is_in(stage):
                before, after = self._halves(stage)
                return [*stages[:at], *before, *self.joined(), *after, *stages[at + 1 :]]
            if _KEEPING.isdisjoint(stage):
                break
        return stages

    def joined(self) -> Stages:
        """Stages that give each row its field."""
        found = {"from": self.collection, "localField": self.reference, "foreignField": "_id"}
        value = {"$ifNull": [f"${self.field}", f"${_OTHER}.{self.field}"]}
        return (
            {"$lookup": {**found, "as": _OTHER}},
            {"$unwind": {"path": f"${_OTHER}", "preserveNullAndEmptyArrays": True}},
            {"$set": {self.field: value}},
            {"$unset": [_OTHER, self.reference]},
        )

    def _halves(self, stage: Mapping[str, Any]) -> tuple[Stages, Stages]:
        if "$match" not in stage:
            return (), (stage,)
        others: list[Condition] = []
        needing: list[Condition] = []
        for part in parts_of(stage["$match"]).each:
            (needing if self._is_in(part) else others).append(part)
        return matching(others), matching(needing)

    def _is_in(self, part: object) -> bool:
        """Whether it names the field; rarely also said where a value of it looks so."""
        if isinstance(part, str):
            return part.startswith(f"${self.field}")
        if isinstance(part, Mapping):
            return any(map(self._is_named, part)) or any(map(self._is_in, part.values()))
        return isinstance(part, Sequence) and any(map(self._is_in, part))

    def _is_named(self, key: str) -> bool:
        return key.startswith(self.field)

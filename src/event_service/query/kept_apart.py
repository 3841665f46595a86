"""A field that a document may have in a document of another collection, which it names.

Many documents may name the same one, and it may be large. Who asks for whole documents is given it
by whoever reads them (``manager.whole_documents``). What else of a query reaches into the field is
found here, and dealt with in ``manager.reached_bodies``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import bson

from event_service.query.staging import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from event_service.query.conditions import Condition

    Stages = Sequence[Mapping[str, Any]]

_KEEPING: Final = frozenset({"$unwind", "$sort", "$skip", "$limit"})
_OTHER: Final = "_body"
_NO_PATH: Final = re.compile(r"(^|\.)(\$|\.|$)|\0")
"""In a caller's text: what no name of a field is like."""


class KeptApart(NamedTuple):
    """``field`` may be missing where ``reference`` has the ``_id`` of a document of ``collection``.

    The reference stands among the first fields, so that nobody has to search a large document
    for it.
    """

    field: str
    reference: str
    collection: str

    def may_be_in(self, stages: Stages) -> bool:
        """Whether some stage may reach into the field, found in less time than which one does."""
        return self.field.encode() in bson.encode({"": stages})

    def reached_by(self, stages: Stages) -> Sequence[str]:
        """The field, or the members of it that the stages reach into; nothing where they don't.

        A text that looks like such a member is taken for one.
        """
        paths = {path for path in _paths(stages) if self._is_named(path)}
        members = {".".join(path.split(".")[:2]) for path in paths}
        return [self.field] if self.field in members else sorted(members)

    def halves(self, where: Condition) -> tuple[Sequence[Condition], Sequence[Condition]]:
        """The parts of a condition that all have to hold: those that test no such field, and
        those that do."""
        others: list[Condition] = []
        testing: list[Condition] = []
        for part in parts_of(where).each:
            (testing if self.tests(part) else others).append(part)
        return others, testing

    def tests(self, where: Condition) -> Sequence[Condition]:
        """Each test of the field, or of what is in it, that a caller's condition has."""
        found: list[Condition] = []

        def keep(test: Condition) -> Condition:
            found.append(test)
            return test

        self.with_tests(where, keep)
        return found

    def with_tests(self, where: Condition, made: Callable[[Condition], Condition]) -> Condition:
        """The condition with what is ``made`` of each test in the place of it."""
        if not any(key in ("$and", "$or") or self._is_named(key) for key in where):
            return where
        ((key, test),) = where.items()
        if self._is_named(key):
            return made(where)
        return {key: [self.with_tests(part, made) for part in test]}

    def joined(self, members: Sequence[str] = ()) -> Stages:
        """Stages that give each row its field, or those ``members`` of it."""
        found: dict[str, Any] = {
            "from": self.collection,
            "localField": self.reference,
            "foreignField": "_id",
        }
        if members:
            found["pipeline"] = [{"$project": dict.fromkeys(members, True)}]
        value = {"$ifNull": [f"${self.field}", f"${_OTHER}.{self.field}"]}
        return (
            {"$lookup": {**found, "as": _OTHER}},
            {"$unwind": {"path": f"${_OTHER}", "preserveNullAndEmptyArrays": True}},
            {"$set": {self.field: value}},
            {"$unset": [_OTHER, self.reference]},
        )

    def _is_named(self, key: str) -> bool:
        return key == self.field or key.startswith(f"{self.field}.")


def _paths(part: object) -> Iterator[str]:
    """All that may be the path of a field: keys, and texts as expressions have them."""
    if isinstance(part, Mapping):
        yield from part
        for value in part.values():
            yield from _paths(value)
    elif isinstance(part, str):
        if part.startswith("$") and _NO_PATH.search(part[1:]) is None:
            yield part[1:]
    elif isinstance(part, Sequence):
        for value in part:
            yield from _paths(value)


def keeps_documents(stage: Mapping[str, Any]) -> bool:
    """Whether a row behind a stage (other than ``$match``) is a document, or one for each member
    of a list of it."""
    return not _KEEPING.isdisjoint(stage)

"""Queries that reach into a field of which many documents have one in common (``kept_apart``):
dotted keys of ``raw_data`` (CONTRACT 5).

A body may be a megabyte, and that of a thousand events. So what a filter asks is asked of each body
once, and becomes a test of which body an event has. Only what needs the field in each row (an
order, a group, some members of it) has the database join it: late, and no more than an answer may
have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bson.raw_bson import RawBSONDocument

from event_service.errors import TooLarge
from event_service.query.conditions import all_of, any_of
from event_service.query.kept_apart import keeps_documents
from event_service.query.staging import matching

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

    from event_service.query.conditions import Condition
    from event_service.query.kept_apart import KeptApart

    Stages = Sequence[Mapping[str, Any]]

MOST_BODIES: Final = 10_000
"""That several events have in common, and that one query may reach into."""


class ReachedBodies:
    """Knows what bodies the documents of a collection name.

    It asks for those alone that a row names, and so never beyond the caller's scope (CONTRACT 2).
    """

    def __init__(
        self, collection: Collection[dict[str, Any]], apart: KeptApart, max_bytes: int
    ) -> None:
        """``max_bytes`` bounds what is joined to the rows of one query."""
        self._documents = collection
        self._bodies = collection.database[apart.collection]
        self._raw_bodies = self._bodies.with_options(
            self._bodies.codec_options.with_options(document_class=RawBSONDocument)
        )
        self._apart = apart
        self._max_bytes = max_bytes

    def by(self, stages: Stages) -> Stages:
        """The stages as they have to be asked, those of the caller's scope the first of them.

        Raises TooLarge, and ``pymongo.errors.PyMongoError``.
        """
        if not self._apart.may_be_in(stages):
            return stages
        done: list[Mapping[str, Any]] = []
        for at, stage in enumerate(stages):
            if "$match" in stage:
                done += self._decided(done, stage)
            elif self._apart.reached_by((stage,)):
                return [*done, *self._joined(done, stages[at:]), *stages[at:]]
            elif keeps_documents(stage):
                done.append(stage)
            else:
                return [*done, *stages[at:]]
        return done

    def _decided(self, rows: Stages, match: Mapping[str, Any]) -> Stages:
        """Stages for a ``$match`` of these rows that no row's body is needed for."""
        others, testing = self._apart.halves(match["$match"])
        if not testing:
            return (match,)
        narrowed = matching(others)
        named = self._uses([*rows, *narrowed])
        if not named:
            return (match,)
        there = self._among([*named], {})

        def made(test: Condition) -> Condition:
            holds = {self._apart.reference: {"$in": self._among(there, test)}}
            own = {self._apart.reference: {"$nin": there}}
            return any_of((holds, all_of((own, test))))

        return [*narrowed, *matching([self._apart.with_tests(part, made) for part in testing])]

    def _joined(self, rows: Stages, later: Stages) -> Stages:
        """Stages that give these rows what the later ones reach into."""
        uses = self._uses(rows)
        if not uses:
            return ()
        members, room = self._apart.reached_by(later), self._max_bytes
        shown = {"$project": dict.fromkeys(members, True)}
        with self._raw_bodies.aggregate([_one_of([*uses]), shown]) as found:
            for one in found:
                room -= len(one.raw) * uses[one["_id"]]
                if room < 0:
                    raise TooLarge(f"bytes of {self._apart.field} for one query", self._max_bytes)
        return self._apart.joined(members)

    def _uses(self, rows: Stages) -> Mapping[str, int]:
        """Of how many of the rows each body is."""
        uses = {"$group": {"_id": f"${self._apart.reference}", "n": {"$sum": 1}}}
        stages = [*rows, uses, {"$match": {"_id": {"$ne": None}}}, {"$limit": MOST_BODIES + 1}]
        with self._documents.aggregate(stages, allowDiskUse=True) as found:
            counted = {one["_id"]: one["n"] for one in found if isinstance(one["_id"], str)}
        if len(counted) > MOST_BODIES:
            raise TooLarge(f"different {self._apart.field} for one query", MOST_BODIES)
        return counted

    def _among(self, named: Sequence[str], where: Condition) -> list[str]:
        """Which of the bodies are there, and fulfil the condition."""
        stages = [_one_of(named), {"$match": where}, {"$project": {"_id": True}}]
        with self._bodies.aggregate(stages) as found:
            return [one["_id"] for one in found]


def _one_of(named: Sequence[str]) -> Mapping[str, Any]:
    # A stage of its own: the embedded store uses an index only for what that covers whole.
    return {"$match": {"_id": {"$in": named}}}

"""A collection that only listens: what a Reader asks of it is kept, and nothing is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from pymongo import MongoClient

from event_service.caller import Caller, Scope
from event_service.manager.reads import Reader
from event_service.query.limits import QueryLimits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bson.codec_options import CodecOptions
    from pymongo.collection import Collection
    from pymongo.database import Database

    from event_service.query.fields import FieldSet

NOW = datetime(2024, 3, 14, 15, 9, 26, 535000)  # noqa: DTZ001 - instants are naive UTC
LIMITS = QueryLimits()
MAX_ANSWER_BYTES = 1024 * 1024

CALLERS = (
    Caller("DOMAIN_ADMIN", Scope("domain-1")),
    Caller("WORKSPACE_OWNER", Scope("domain-1", "workspace-1")),
    Caller(
        "WORKSPACE_MEMBER",
        Scope("domain-1", "workspace-1", frozenset({"project-1", "project-2"})),
    ),
    Caller("WORKSPACE_MEMBER", Scope("domain-1", "workspace-1", frozenset())),
)
"""One of each kind of scope (CONTRACT 2)."""


class _Nothing:
    """A cursor without documents."""

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def to_list(self, _: int) -> list[Any]:
        return []


@dataclass(slots=True)
class Listening:
    """As much of a ``pymongo`` collection as a Reader uses; no query of it takes too long."""

    # A database that is never asked.
    database: Database[dict[str, Any]] = field(
        default_factory=lambda: MongoClient[dict[str, Any]](connect=False)["unasked"]
    )
    pipelines: list[Sequence[Mapping[str, Any]]] = field(default_factory=list)

    @property
    def codec_options(self) -> CodecOptions[dict[str, Any]]:
        return self.database.codec_options

    def with_options(self, _: object) -> Listening:
        return self

    def aggregate(self, pipeline: Sequence[Mapping[str, Any]], **_: object) -> _Nothing:
        self.pipelines.append(pipeline)
        return _Nothing()


def listening_reader(fields: FieldSet) -> tuple[Reader, Listening]:
    """A Reader of a collection of such fields, and the collection that hears it."""
    heard = Listening()
    collection = cast("Collection[dict[str, Any]]", heard)
    return Reader(collection, fields, LIMITS, 30.0, MAX_ANSWER_BYTES, lambda: NOW), heard

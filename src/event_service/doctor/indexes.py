"""Are the indexes there that queries and the uniqueness of keys rest on?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pymongo
from pymongo.errors import PyMongoError

from event_service.doctor.finding import failure, ok, warning
from event_service.doctor.silence import mongodb_silent
from event_service.model.duplicates import stopping
from event_service.model.index_builds import index_builds
from event_service.model.index_steps import MakeIndex, ReplaceIndex
from event_service.model.indexes import (
    COLLECTIONS,
    DECLARED,
    all_found,
    declared_steps,
    refuses_events,
    retention_steps,
    unused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymongo.database import Database

    from event_service.doctor.finding import Finding
    from event_service.model.index_shape import FoundIndex
    from event_service.model.index_steps import IndexStep

Document = dict[str, Any]

_WHAT: Final = "Indexes"
_UNUSED: Final = "Unused indexes"
_UNIQUE: Final = "Unique values"
_MIGRATE: Final = "Run: event-service migrate --dry-run, and then without --dry-run."


def check_indexes(
    database: Database[Document], retention_days: int | None, seconds: float
) -> Iterator[Finding]:
    """Findings of the declared indexes, the one of retention, and those of nobody."""
    try:
        with pymongo.timeout(seconds):
            if not set(COLLECTIONS) & set(database.list_collection_names()):
                yield ok(_WHAT, f"none yet: the database {database.name} is empty")
                return
            found = all_found(database)
            building = _building(database)
    except PyMongoError as fault:
        yield mongodb_silent(_WHAT, fault)
        return
    declared = declared_steps(found)
    yield _of_steps(declared, retention_steps(found, retention_days), building, retention_days)
    left = unused(found, retention_days)
    if left:
        yield _of_unused(left)
    yield from _of_duplicates(database, declared, seconds)


def _building(database: Database[Document]) -> list[str]:
    mine = tuple(f"{database.name}.{collection}" for collection in COLLECTIONS)
    return [
        build.namespace.partition(".")[2]
        + ("" if build.percent is None else f" ({build.percent} %)")
        for build in index_builds(database.client)
        if build.namespace in mine
    ]


def _of_steps(
    declared: Sequence[IndexStep],
    retention: Sequence[IndexStep],
    building: Sequence[str],
    retention_days: int | None,
) -> Finding:
    if building:
        advice = "Wait for it: queries are slow until then. Writes are taken."
        return warning(_WHAT, f"a build is under way on {', '.join(building)}", advice)
    if declared:
        return failure(_WHAT, _told(declared), _MIGRATE)
    if retention:
        return warning(_WHAT, _told(retention), _MIGRATE)
    kept = "events are kept" if retention_days is None else f"events go after {retention_days} d"
    return ok(_WHAT, f"all {len(DECLARED)} are there, {kept}")


def _told(steps: Sequence[IndexStep]) -> str:
    first = steps[0]
    if isinstance(first, MakeIndex):
        told = f"missing on {first.collection}: {first.index.shape}"
    elif isinstance(first, ReplaceIndex):
        told = f"wrong on {first.collection}: {first.old.shape}, wanted {first.index.shape}"
    else:
        told = f"wrong on {first.collection}: {first.old.shape}"
    return told if len(steps) == 1 else f"{told}; and {len(steps) - 1} more"


def _of_unused(left: Sequence[FoundIndex]) -> Finding:
    advice = "Run: event-service migrate --drop-unused"
    if refusing := [each for each in left if refuses_events(each)]:
        return failure(_UNUSED, f"{_names(refusing)} may refuse events: unique", advice)
    return warning(_UNUSED, f"{_names(left)}; every write pays for them", advice)


def _names(indexes: Sequence[FoundIndex]) -> str:
    return ", ".join(f"{each.collection}.{each.name}" for each in indexes)


def _of_duplicates(
    database: Database[Document], steps: Sequence[IndexStep], seconds: float
) -> Iterator[Finding]:
    for step in steps:
        try:
            with pymongo.timeout(seconds):
                duplicates = stopping(database, step)
        except PyMongoError as fault:
            yield mongodb_silent(_UNIQUE, fault)
            return
        if duplicates is not None:
            advice = "Keep one document of each value, remove or change the others; migrate."
            yield failure(_UNIQUE, str(duplicates), advice)

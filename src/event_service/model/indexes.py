"""Which indexes a database must have, and what is to be done where it has others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.model.alert import Alert
from event_service.model.event import Event
from event_service.model.event_body import EventBody
from event_service.model.index_shape import DeclaredIndex, FoundIndex, IndexShape, found_indexes
from event_service.model.index_steps import (
    ChangeIndex,
    DropIndex,
    IndexStep,
    MakeIndex,
    ReplaceIndex,
)
from event_service.model.webhook import Webhook
from event_service.start_errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymongo.database import Database

    from event_service.model.index_shape import Keys

_DOCUMENTS = (Event, EventBody, Alert, Webhook)
_BODIES = EventBody._meta["collection"]  # noqa: SLF001
_EVENTS = Event._meta["collection"]  # noqa: SLF001
_ALERTS = Alert._meta["collection"]  # noqa: SLF001
_RETENTION_KEYS = (("created_at", 1),)
_SECONDS_OF_A_DAY = 86_400
_KEPT_LONGER = {_EVENTS: 0, _BODIES: 1}
"""The collections that retention is for, and by how many days: no event outlives its body."""


def _declared() -> Iterator[DeclaredIndex]:
    for document in _DOCUMENTS:
        # Public access to these (list_indexes, _get_collection) wants a connection of
        # MongoEngine's own; the built specifications don't.
        meta = document._meta  # noqa: SLF001
        for spec in meta["index_specs"]:
            shape = IndexShape.of(tuple(spec["fields"]), spec)
            yield DeclaredIndex(meta["collection"], shape)


DECLARED: tuple[DeclaredIndex, ...] = tuple(_declared())
"""Those that the documents declare; those of retention depend on a setting."""

COLLECTIONS: tuple[str, ...] = tuple(document._meta["collection"] for document in _DOCUMENTS)  # noqa: SLF001
"""The service's collections."""


class IndexesDiffer(StartError):
    """The database has an index of fields that the service wants another one of."""

    def __init__(self, step: ReplaceIndex) -> None:
        super().__init__(
            f"The collection {step.collection} has the index {step.old.shape} and needs"
            f" {step.index.shape}. Run: event-service migrate"
        )


def ensure_indexes(database: Database[dict[str, Any]], retention_days: int | None) -> None:
    """Make the declared indexes and those that let events expire.

    ``retention_days`` is the age at which events vanish; None keeps them for ever. The retention
    indexes follow a changed value, and go when the value does. Safe to call at every start, by
    several processes at once. Raises as ``ensure_declared_indexes`` does.
    """
    ensure_declared_indexes(database)
    for step in retention_steps(all_found(database), retention_days):
        step.apply(database)


def ensure_declared_indexes(database: Database[dict[str, Any]]) -> None:
    """Make what is missing of the indexes that the documents declare.

    Retention stays as it is: this is for who doesn't know the settings of the service. Nothing is
    dropped. Raises IndexesDiffer when the database holds an index of the same fields with other
    options, ``pymongo.errors.DuplicateKeyError`` for documents that break a unique one.
    """
    steps = declared_steps(all_found(database))
    for step in steps:
        if isinstance(step, ReplaceIndex):
            raise IndexesDiffer(step)
    for step in steps:
        step.apply(database)


def all_found(database: Database[dict[str, Any]]) -> tuple[FoundIndex, ...]:
    """The indexes that the service's collections have, but those of ``_id``."""
    return tuple(
        index for collection in COLLECTIONS for index in found_indexes(database, collection)
    )


def declared_steps(
    found: Sequence[FoundIndex], declared: Iterable[DeclaredIndex] = DECLARED
) -> tuple[IndexStep, ...]:
    """What makes the declared indexes of what is there; nothing if they are there."""
    steps: list[IndexStep] = []
    for index in declared:
        same_fields = _of_fields(found, index.collection, index.shape.keys)
        equal = [each for each in same_fields if each.shape == index.shape]
        if any(not each.hidden for each in equal):
            continue
        if equal:
            steps.append(ChangeIndex(equal[0], {"hidden": False}))
        elif same_fields:
            steps.append(ReplaceIndex(index, same_fields[0]))
        else:
            steps.append(MakeIndex(index))
    return tuple(steps)


def retention_steps(
    found: Sequence[FoundIndex], retention_days: int | None
) -> tuple[IndexStep, ...]:
    """What makes events expire at that age, or never, and their bodies after them."""
    return tuple(
        step
        for collection in _KEPT_LONGER
        for step in _retention_steps(found, collection, retention_days)
    )


def _retention_steps(
    found: Sequence[FoundIndex], collection: str, retention_days: int | None
) -> tuple[IndexStep, ...]:
    old = _of_fields(found, collection, _RETENTION_KEYS)
    if retention_days is None:
        # An index without an age is not ours: a database that was taken over may have one.
        return tuple(DropIndex(each) for each in old if each.shape.expire_seconds is not None)
    index = _retention_index(collection, retention_days)
    if not old:
        return (MakeIndex(index),)
    seconds = index.shape.expire_seconds
    if any(each.shape.expire_seconds == seconds for each in old):
        return ()
    return (ChangeIndex(old[0], {"expireAfterSeconds": seconds}),)


def unused(found: Sequence[FoundIndex], retention_days: int | None) -> tuple[FoundIndex, ...]:
    """Those that no question of the service needs, and that every write pays for.

    What another step replaces or drops is not among them, and a hashed one is not either: it is
    there for a shard key.
    """
    steps = (*declared_steps(found), *retention_steps(found, retention_days))
    kept = {(step.collection, step.old.name) for step in steps if not isinstance(step, MakeIndex)}
    wanted = [*DECLARED]
    if retention_days is not None:
        wanted += (_retention_index(collection, retention_days) for collection in _KEPT_LONGER)
    for index in wanted:
        # Of several that are equal one serves; the others are too many.
        equal = [
            each
            for each in found
            if each.collection == index.collection and each.shape == index.shape
        ]
        equal.sort(key=lambda each: each.hidden)
        kept |= {(each.collection, each.name) for each in equal[:1]}
    return tuple(
        each
        for each in found
        if (each.collection, each.name) not in kept
        and not any(way == "hashed" for _, way in each.shape.keys)
    )


def refuses_events(index: FoundIndex) -> bool:
    """Whether an index that is not declared is unique where events and alerts are not.

    Cloudforet's first versions had one of event_key: the second event of a key can't be recorded.
    """
    if not index.shape.unique or index.collection not in (_EVENTS, _ALERTS):
        return False
    fields = {name for name, _ in index.shape.keys}
    return not any(
        {name for name, _ in each.shape.keys} <= fields
        for each in DECLARED
        if each.collection == index.collection
        and each.shape == IndexShape(each.shape.keys, unique=True)
    )


def _retention_index(collection: str, days: int) -> DeclaredIndex:
    seconds = (days + _KEPT_LONGER[collection]) * _SECONDS_OF_A_DAY
    return DeclaredIndex(collection, IndexShape(_RETENTION_KEYS, expire_seconds=seconds))


def _of_fields(found: Sequence[FoundIndex], collection: str, keys: Keys) -> list[FoundIndex]:
    return [each for each in found if each.collection == collection and each.shape.keys == keys]

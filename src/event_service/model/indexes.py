"""Makes the indexes that the documents declare, on a database that is handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.model.alert import Alert
from event_service.model.event import Event
from event_service.model.webhook import Webhook

if TYPE_CHECKING:
    from pymongo.database import Database

_DOCUMENTS = (Event, Alert, Webhook)
_RETENTION_KEY = [("created_at", 1)]
_SECONDS_OF_A_DAY = 86_400


def ensure_indexes(database: Database[dict[str, Any]], retention_days: int | None) -> None:
    """Make the declared indexes and the one that lets events expire.

    ``retention_days`` is the age at which events vanish; None keeps them for ever. The retention
    index follows a changed value, and goes when the value does. Safe to call at every start, by
    several processes at once. Raises as ``ensure_declared_indexes`` does.
    """
    ensure_declared_indexes(database)
    _follow_retention(database, retention_days)


def ensure_declared_indexes(database: Database[dict[str, Any]]) -> None:
    """Make what is missing of the indexes that the documents declare.

    Retention stays as it is: this is for who doesn't know the settings of the service. Raises
    ``pymongo.errors.OperationFailure`` when the database holds an index of the same fields with
    other options, or documents that break a unique one.
    """
    for document in _DOCUMENTS:
        # Public access to these (list_indexes, _get_collection) wants a connection of
        # MongoEngine's own; the built specifications don't.
        meta = document._meta  # noqa: SLF001
        collection = database[meta["collection"]]
        for declared in meta["index_specs"]:
            options = {key: value for key, value in declared.items() if key != "fields"}
            collection.create_index(declared["fields"], **options)


def _follow_retention(database: Database[dict[str, Any]], retention_days: int | None) -> None:
    events = database[Event._meta["collection"]]  # noqa: SLF001
    found = next(
        (
            (name, index.get("expireAfterSeconds"))
            for name, index in events.index_information().items()
            if list(index["key"]) == _RETENTION_KEY
        ),
        None,
    )
    if retention_days is None:
        # An index without an age is not ours: a database that was taken over may have one.
        if found is not None and found[1] is not None:
            events.drop_index(found[0])
        return
    seconds = retention_days * _SECONDS_OF_A_DAY
    if found is None:
        events.create_index(_RETENTION_KEY, expireAfterSeconds=seconds)
    elif found[1] != seconds:
        # Changed in place: to drop and make it anew reads the whole collection.
        database.command(
            "collMod",
            events.name,
            index={"keyPattern": dict(_RETENTION_KEY), "expireAfterSeconds": seconds},
        )

"""Is the database one that keeps what it acknowledges?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from event_service.doctor.finding import failure, ok, skipped, warning
from event_service.store_clients import first_clause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.database import Database

    from event_service.doctor.finding import Finding

Document = dict[str, Any]

PROBE: Final = "event_service_doctor"
"""The collection that is written to, and dropped again."""

_WHAT: Final = "MongoDB"
_WRITES: Final = "Durable writes"
_OLDEST: Final = 6
_SLOW_SECONDS: Final = 0.05
_ROUNDS: Final = 3
_AUTHENTICATION_FAILED, _UNAUTHORIZED = 18, 13


def check_mongodb(
    database: Database[Document], *, embedded: bool, seconds: float
) -> Iterator[Finding]:
    """Findings of the server, and of a write to it."""
    try:
        with pymongo.timeout(seconds):
            hello = database.client.admin.command("hello")
            version = database.client.admin.command("buildInfo")["version"]
            round_trip = min(_seconds_of_a_ping(database) for _ in range(_ROUNDS))
    except PyMongoError as fault:
        yield failure(_WHAT, first_clause(fault), _advice(fault, embedded=embedded))
        yield skipped(_WRITES, "MongoDB does not answer")
        return
    yield _of_server(hello, version, round_trip, embedded=embedded)
    yield _of_writes(database, seconds)


def _of_server(
    hello: Mapping[str, Any], version: str, round_trip: float, *, embedded: bool
) -> Finding:
    kind = _kind(hello)
    name = f"embedded store (as MongoDB {version})" if embedded else f"{version}, {kind}"
    found = f"{name}, {round_trip * 1000:.1f} ms away"
    # What the embedded store announces is its protocol's version: it comes with this package.
    if not embedded and int(version.partition(".")[0]) < _OLDEST:
        return failure(_WHAT, found, f"Upgrade to MongoDB {_OLDEST} or later.")
    if kind is None:
        return failure(
            _WHAT,
            f"{version}, a server of its own, {round_trip * 1000:.1f} ms away",
            "Start it with --replSet rs0 and run rs.initiate() once: one member will do.",
        )
    if not embedded and round_trip > _SLOW_SECONDS:
        advice = "Every event waits for it: bring service and database closer together."
        return warning(_WHAT, found, advice)
    return ok(_WHAT, found)


def _kind(hello: Mapping[str, Any]) -> str | None:
    """What acknowledges by majority and takes a write twice for one; None for anything else."""
    if hello.get("msg") == "isdbgrid":
        return "sharded"
    return f"replica set {hello['setName']}" if hello.get("setName") else None


def _of_writes(database: Database[Document], seconds: float) -> Finding:
    began = time.monotonic()
    try:
        with pymongo.timeout(seconds):
            database[PROBE].insert_one({"by": "event-service doctor"})
            took = time.monotonic() - began
            database.drop_collection(PROBE)
    except PyMongoError as fault:
        advice = (
            "Give the user of EVENT_MONGODB_URI the role readWrite on the database."
            if isinstance(fault, OperationFailure) and fault.code == _UNAUTHORIZED
            else "See to it that a primary is elected, most members are up and no disk is full."
        )
        return failure(_WRITES, first_clause(fault), advice)
    return ok(_WRITES, f"by a majority and journaled, in {took * 1000:.1f} ms")


def _seconds_of_a_ping(database: Database[Document]) -> float:
    began = time.monotonic()
    database.client.admin.command("ping")
    return time.monotonic() - began


def _advice(fault: PyMongoError, *, embedded: bool) -> str:
    if isinstance(fault, OperationFailure) and fault.code == _AUTHENTICATION_FAILED:
        return "Correct user, password and authSource in EVENT_MONGODB_URI."
    if embedded:
        return "Look at mongodb.log in the data directory, then start the service again."
    return "See to it that MongoDB runs, and that EVENT_MONGODB_URI and the firewall lead there."

"""The other floor: a bare ``insert_many`` of the same documents, as durable as the service's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient

from bench.seeding import Stored, documents
from event_service.ids import new_id
from event_service.model.indexes import ensure_declared_indexes

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_DATABASE = "bench_floor"


@dataclass(frozen=True, slots=True)
class Inserts:
    """For ``seconds``, insert ``at_once`` documents at a time."""

    at_once: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Inserted:
    """How many documents, in what time, for how much CPU of the inserting process."""

    documents: int
    seconds: float
    cpu_seconds: float


def insert(pipe: Connection[Any, Any], mongodb_uri: str, kibibytes: int) -> None:
    """Answer each Inserts with an Inserted; the documents are dropped after each."""
    shape = Stored(events=100, kibibytes=kibibytes, all_callers=True)
    with MongoClient[dict[str, Any]](mongodb_uri, w="majority", journal=True) as client:
        while True:
            asked: Inserts = pipe.recv()
            database = client[_DATABASE]
            ensure_declared_indexes(database)
            events = database["event"]
            newest = datetime(2026, 1, 1)  # noqa: DTZ001  # naive and UTC, as the service writes
            same = list(documents(shape, range(min(asked.at_once, shape.events)), newest))
            cpu, began, count = time.process_time(), time.perf_counter(), 0
            while time.perf_counter() - began < asked.seconds:
                batch = [each | {"event_id": new_id("event")} for each in same]
                events.insert_many(batch, ordered=False)
                count += len(batch)
            spent = Inserted(count, time.perf_counter() - began, time.process_time() - cpu)
            client.drop_database(_DATABASE)
            pipe.send(spent)

"""What a stored event and its index entries weigh.

The document is one that the service makes, in BSON. An index entry is estimated: WiredTiger keeps
of a key only what differs from its neighbour, and of the keys of N documents in order, neighbours
have about the first log2(N) bits of what is random in them in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import log2
from statistics import mean
from typing import TYPE_CHECKING

import bson
from bson import ObjectId

from event_service.draft import EventDraft, EventType, Severity
from event_service.ids import new_id
from event_service.manager.candidate import candidate_of
from event_service.manager.delivery import Delivery, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.model.indexes import DECLARED
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CELL_BYTES = 3
"""What surrounds a key on a page: its descriptor, and how much of the last one it shares."""
_RECORD_BYTES = 5
"""The number of the record that an entry names, for 10^10 of them."""
_FULL_PAGES = 0.75
"""How full the pages of a B-tree are that is inserted into everywhere."""
_ID_DIGITS = 12
_SEVERITY_BYTES = 1 + round(mean(len(each.value) for each in Severity)) + 1
_BITS_OF_DIGIT = 4
_BITS_OF_BYTE = 8


@dataclass(frozen=True, slots=True)
class Population:
    """How many different values there are, among those that are stored."""

    events: float = 1e10
    domains: int = 2_000
    workspaces: int = 10
    projects: int = 10
    """Of a workspace."""
    keys: int = 1_000
    """Of a domain."""
    days: float = 5.8


@dataclass(frozen=True, slots=True)
class IndexSize:
    """One index: bytes of an entry on disk and in memory, page filling included.

    ``everywhere`` says that new entries go all over it, so that it wants to be in memory whole.
    """

    name: str
    entry_bytes: float
    everywhere: bool


def document_bytes(raw_bytes: int) -> int:
    """The BSON of an event whose raw data weigh about ``raw_bytes``."""
    draft = EventDraft(
        event_key="c0ffee0123456789c0ffee0123456789",
        event_type=EventType.ALERT,
        title="The disk of db-01 is full",
        severity=Severity.CRITICAL,
        description="The disk of db-01 has been over 95 % for ten minutes.",
        rule="DiskFull",
        image_url=None,
        resources=("db-01:9100",),
        provider="prometheus",
        account="",
        additional_info={"instance": "db-01:9100", "job": "node"},
        occurred_at=datetime(2024, 3, 1, tzinfo=UTC).replace(tzinfo=None),
    )
    delivery = Delivery(
        webhook_id=new_id("webhook"),
        domain_id=new_id("domain"),
        workspace_id=new_id("workspace"),
        project_id=new_id("project"),
        rules=RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object({"body": "x" * raw_bytes}),
        at=datetime(2024, 3, 1, tzinfo=UTC).replace(tzinfo=None),
    )
    document = candidate_of(delivery, draft).document()
    return len(bson.encode({"_id": ObjectId(), **document}))


def index_sizes(population: Population) -> Iterator[IndexSize]:
    """Every index of the collection ``event``, that of ``_id`` and that of retention with them."""
    declared = [
        [name for name, _ in index.shape.keys] for index in DECLARED if index.collection == "event"
    ]
    for fields in (["_id"], *declared, ["created_at"]):
        kept = _unshared(fields, population)
        yield IndexSize(
            name=", ".join(fields),
            entry_bytes=(_CELL_BYTES + kept + _RECORD_BYTES) / _FULL_PAGES,
            everywhere=fields[0] in {"event_id", "alert_id"} or "event_key" in fields,
        )


def _unshared(fields: Sequence[str], population: Population) -> float:
    """The bytes of a key that its neighbour doesn't have in common with it."""
    bits_left = log2(population.events)
    shares, kept = True, 0
    for field in fields:
        for bits in _bits_of_bytes(field, population):
            if shares and bits > bits_left:
                shares = False
            if shares:
                bits_left -= bits
            else:
                kept += 1
    return kept


def _bits_of_bytes(field: str, population: Population) -> list[float]:
    """How much news each byte of a field has, in the order in which an index compares them."""
    if field == "created_at":
        bits = log2(population.days * 86_400_000)
        return [0.0] + [max(0.0, min(8.0, bits - _BITS_OF_BYTE * (7 - at))) for at in range(8)]
    if field == "_id":  # the seconds, then what is random of a process, then a count
        bits = log2(population.days * 86_400)
        seconds = [max(0.0, min(8.0, bits - _BITS_OF_BYTE * (3 - at))) for at in range(4)]
        return [0.0, *seconds, *[8.0] * 8]
    if field == "severity":  # some letters of a few words, and it comes behind all that is random
        return [1.0] * _SEVERITY_BYTES
    variety = {
        "domain_id": population.domains,
        "workspace_id": population.workspaces,
        "project_id": population.projects,
        "event_key": population.keys,
        "event_id": population.events,
        "alert_id": population.events,
    }[field]
    digits = 2 * 16 if field == "event_key" else _ID_DIGITS
    prefix = 0 if field == "event_key" else len(field) - len("id")
    known = log2(variety)
    news = [
        min(float(_BITS_OF_DIGIT), max(0.0, known - _BITS_OF_DIGIT * at)) for at in range(digits)
    ]
    if field in {"event_id", "alert_id"}:
        news = [float(_BITS_OF_DIGIT)] * digits
    return [0.0] * (1 + prefix) + news + [0.0]

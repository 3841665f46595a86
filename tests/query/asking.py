"""Asks a collection what compiled queries ask for: what the model layer does, in few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict

from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.scope import narrow, within
from event_service.query.search import compile_search
from event_service.query.statistics import compile_statistics
from event_service.stubs.spaceone.api.core.v2 import query_pb2
from tests.query.mongodb_groups import as_in_mongodb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

    from event_service.caller import Caller

NOW = datetime(2024, 3, 14, 15, 9, 26, 535000)  # noqa: DTZ001 - instants are naive UTC
LIMITS = QueryLimits()


@dataclass(frozen=True, slots=True)
class Answer:
    results: list[Any]
    total_count: int | None


def ask_list(
    documents: Collection[dict[str, Any]],
    caller: Caller,
    query: Mapping[str, Any] | None,
    parameters: Mapping[str, str] | None = None,
) -> Answer:
    message = ParseDict(dict(query or {}), query_pb2.Query())
    wanted = narrow(caller, parameters or {})
    search = compile_search(message, wanted, EVENT_FIELDS, NOW, LIMITS)
    where = within(caller.scope, search.where)
    if search.unwind:
        match = {"$match": where}
        counted = list(documents.aggregate([match, *search.count()]))
        total = counted[0]["n"] if counted else 0
        if search.count_only:
            return Answer([], total)
        return Answer(list(documents.aggregate([match, *search.rows()])), total)
    total = documents.count_documents(where)
    if search.count_only:
        return Answer([], total)
    shown = {"_id": 0, **dict.fromkeys(search.projection or (), 1)}
    found = documents.find(where, shown).sort(list(search.sort))
    return Answer(list(found.skip(search.skip).limit(search.limit)), total)


def ask_stat(
    documents: Collection[dict[str, Any]], caller: Caller, query: Mapping[str, Any] | None
) -> Answer:
    message = None if query is None else ParseDict(dict(query), query_pb2.StatisticsQuery())
    statistics = compile_statistics(message, EVENT_FIELDS, NOW, LIMITS)
    where = within(caller.scope, statistics.where)
    match = {"$match": where}
    rows: list[Any] = list(documents.aggregate([match, *as_in_mongodb(statistics.rows())]))
    if statistics.distinct:
        rows = [row["_id"] for row in rows]
    if statistics.page is None:
        return Answer(rows, None)
    counted = list(documents.aggregate([match, *as_in_mongodb(statistics.count())]))
    return Answer(rows, counted[0]["n"] if counted else 0)


def aggregated(
    documents: Collection[dict[str, Any]], caller: Caller, *stages: Mapping[str, Any]
) -> Sequence[Any]:
    return ask_stat(documents, caller, {"aggregate": list(stages)}).results

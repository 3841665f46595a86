"""Compiles queries written as JSON, against the fields of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict

from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.search import Search, compile_search
from event_service.query.statistics import Statistics, compile_statistics
from event_service.stubs.spaceone.api.core.v2 import query_pb2
from tests.query.asking import LIMITS, NOW

if TYPE_CHECKING:
    from event_service.query.limits import QueryLimits


def search(limits: QueryLimits = LIMITS, **query: Any) -> Search:
    message = ParseDict(query, query_pb2.Query())
    return compile_search(message, {}, EVENT_FIELDS, NOW, limits)


def statistics(**query: Any) -> Statistics:
    message = ParseDict(query, query_pb2.StatisticsQuery())
    return compile_statistics(message, EVENT_FIELDS, NOW, LIMITS)


def condition(key: str, operator: str, value: Any = ...) -> Any:
    """The condition of one filter; without a value, of one that has none."""
    part = {"k": key, "o": operator, **({} if value is ... else {"v": value})}
    return search(filter=[part]).where

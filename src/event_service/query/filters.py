"""Filters, filter_or and keyword of a query as one condition (CONTRACT 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.errors import InvalidParameter
from event_service.query.conditions import EVERYTHING, Condition, all_of, any_of
from event_service.query.limits import QueryLimits, at_most
from event_service.query.operators import OPERATORS, Operand, contains
from event_service.query.values import given_value, required

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from event_service.query.fields import FieldSet
    from event_service.query.produced import Row
    from event_service.stubs.spaceone.api.core.v2 import query_pb2


@dataclass(frozen=True, slots=True)
class FilterCompiler:
    """Turns filters over the rows ``row`` into conditions; ``now`` is naive UTC."""

    row: Row
    now: datetime
    limits: QueryLimits

    def every(self, name: str, filters: Sequence[query_pb2.Filter]) -> Condition:
        """What all the filters hold for; ``name`` is the parameter's, for errors."""
        return all_of(self._each(name, filters))

    def some(
        self, name: str, filters: Sequence[query_pb2.Filter], others: Iterable[Condition]
    ) -> Condition:
        """What one of the filters or ``others`` holds for; of neither, everything."""
        parts = [*self._each(name, filters), *others]
        return any_of(parts) if parts else EVERYTHING

    def _each(self, name: str, filters: Sequence[query_pb2.Filter]) -> list[Condition]:
        return [self._one(f"{name}[{at}]", part) for at, part in enumerate(filters)]

    def _one(self, place: str, part: query_pb2.Filter) -> Condition:
        key = required(f"{place}.key", part.key or part.k)
        name = required(f"{place}.operator", part.operator or part.o)
        compiled = OPERATORS.get(name)
        if compiled is None:
            raise InvalidParameter(f"{place}.operator", f"no operator is called {name[:32]}")
        field = self.row.resolve(key, self.limits)
        return compiled(Operand(name, key, field, given_value(part), self.now, self.limits))


def compile_filters(
    query: query_pb2.Query | query_pb2.StatisticsQuery,
    fields: FieldSet,
    now: datetime,
    limits: QueryLimits,
) -> Condition:
    """What filter, filter_or and keyword ask for: the words of a keyword join filter_or.

    Raises InvalidArgument errors that name the key or the parameter.
    """
    compiler = FilterCompiler(fields, now, limits)
    words = _keyword(query.keyword, fields, limits)
    return all_of(
        (
            compiler.every("query.filter", query.filter),
            compiler.some("query.filter_or", query.filter_or, words),
        )
    )


def _keyword(keyword: str, fields: FieldSet, limits: QueryLimits) -> list[Condition]:
    at_most("query.keyword", "characters", keyword, limits.keyword_length)
    words = list({_folded(word): word for word in keyword.split()}.values())
    at_most("query.keyword", "words", words, limits.keyword_words)
    places = [fields.resolve(name, limits) for name in fields.keyword_fields]
    return [contains(place, word) for word in words for place in places]


def _folded(word: str) -> str:
    # Not casefold: it makes ß and ss one, and the database doesn't.
    return word.lower() if word.isascii() else word

"""What a query has in all, before any of it is compiled: each part may be small, and the whole not.

A hundred filters of a thousand patterns each would hold the interpreter for seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.query.limits import QueryLimits, at_most
from event_service.query.operators import PATTERN_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from google.protobuf import struct_pb2

    from event_service.stubs.spaceone.api.core.v2 import query_pb2


def check_weight(
    query: query_pb2.Query | query_pb2.StatisticsQuery,
    stages: Sequence[query_pb2.StatisticsAggregate],
    unwinds: Sequence[query_pb2.Unwind],
    limits: QueryLimits,
) -> None:
    """Raises InvalidParameter, naming the limit, for more filters, members of lists, characters of
    patterns or conditions than a query may have in all.

    ``unwinds`` are the query's own, and those of its ``stages``. A list or a pattern over its own
    limit counts as one just over it: it is refused where it stands.
    """
    parts = (query.filter, query.filter_or, *(unwind.filter for unwind in unwinds))
    at_most("query.filter", "filters in all", sum(map(len, parts)), limits.filters)
    members = characters = 0
    for filters in parts:
        for part in filters:
            value = part.value if part.HasField("value") else part.v
            members += min(len(value.list_value.values), limits.list_members + 1)
            if (part.operator or part.o) in PATTERN_OPERATORS:
                lengths = map(len, _texts(value, limits.list_members))
                characters += sum(min(length, limits.pattern_length + 1) for length in lengths)
    at_most("query.filter", "members of lists in all", members, limits.all_members)
    at_most("query.filter", "characters of patterns in all", characters, limits.patterns_length)
    fields = (field for stage in stages for field in stage.group.fields)
    conditions = sum(len(field.conditions) for field in fields)
    at_most("query.aggregate", "conditions in all", conditions, limits.all_conditions)


def _texts(value: struct_pb2.Value, most: int) -> Iterator[str]:
    yield value.string_value
    for member in value.list_value.values[:most]:
        yield member.string_value

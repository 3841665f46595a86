"""A stat request as what the database is asked for (CONTRACT 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, RequiredParameter
from event_service.query.aggregation import Aggregation
from event_service.query.distinct import distinct_stages
from event_service.query.filters import compile_filters
from event_service.query.limits import QueryLimits, at_most
from event_service.query.paging import COUNT, Page, read_page
from event_service.query.weight import check_weight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from event_service.query.conditions import Condition
    from event_service.query.fields import FieldSet
    from event_service.stubs.spaceone.api.core.v2 import query_pb2


@dataclass(frozen=True, slots=True)
class Statistics:
    """What to work out. ``where`` must be confined by ``scope.within`` before it is asked.

    ``stages`` follow a ``$match`` of ``where``. With ``distinct`` their rows hold the values of a
    field as ``_id``. With a page the answer has the number of all rows too. Without one there may
    be ``most`` results: a row more is asked for, so that it shows when there are more.
    """

    where: Condition
    stages: tuple[Mapping[str, Any], ...]
    page: Page | None
    most: int
    distinct: bool = False

    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """The stages after ``$match`` that give the page's rows."""
        if self.page is None:
            return (*self.stages, {"$limit": self.most + 1})
        return (*self.stages, {"$skip": self.page.skip}, {"$limit": self.page.limit})

    def count(self) -> tuple[Mapping[str, Any], ...]:
        """The stages after ``$match`` that count all rows (``paging.COUNT``)."""
        return (*self.stages, COUNT)


def compile_statistics(
    query: query_pb2.StatisticsQuery | None,
    fields: FieldSet,
    now: datetime,
    limits: QueryLimits,
) -> Statistics:
    """What a stat with this query works out; ``now`` is naive UTC.

    Raises RequiredParameter without a query or without anything to work out, InvalidArgument
    errors that name what a stage misses or gets wrong.
    """
    if query is None:
        raise RequiredParameter("query")
    if not query.distinct and not query.aggregate:
        raise RequiredParameter("query.aggregate or query.distinct")
    if query.distinct and query.aggregate:
        raise InvalidParameter("query.distinct", "it can't be had together with query.aggregate")
    at_most("query.aggregate", "stages", query.aggregate, limits.stages)
    unwinds = [stage.unwind for stage in query.aggregate if stage.HasField("unwind")]
    check_weight(query, query.aggregate, unwinds, limits)
    where = compile_filters(query, fields, now, limits)
    page = read_page(query.page, limits)
    if query.distinct:
        stages = distinct_stages(fields.resolve(query.distinct, limits))
        return Statistics(where, stages, page, limits.results, distinct=True)
    aggregation = Aggregation(fields, now, limits)
    for at, stage in enumerate(query.aggregate):
        aggregation.add(f"query.aggregate[{at}]", stage)
    stages = aggregation.finished(paged=page is not None)
    return Statistics(where, stages, page, limits.results)

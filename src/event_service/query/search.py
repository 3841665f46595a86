"""A list request as what the database is asked for (CONTRACT 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, RequiredParameter
from event_service.query.conditions import Condition, all_of
from event_service.query.filters import compile_filters
from event_service.query.limits import QueryLimits, at_most
from event_service.query.operators import equals
from event_service.query.paging import ASCENDING, COUNT, DESCENDING, Order, Page, ordered, read_page
from event_service.query.unwinding import compile_unwind
from event_service.query.values import required
from event_service.query.weight import check_weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from event_service.query.fields import FieldSet
    from event_service.query.produced import Row
    from event_service.stubs.spaceone.api.core.v2 import query_pb2


@dataclass(frozen=True, slots=True)
class Search:
    """What to find. ``where`` must be confined by ``scope.within`` before it is asked.

    ``projection`` None means every field. With stages in ``unwind`` a row is a
    member of a list.
    """

    where: Condition
    sort: Order
    limit: int
    skip: int = 0
    projection: tuple[str, ...] | None = None
    count_only: bool = False
    unwind: Sequence[Mapping[str, Any]] = ()

    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """The stages after ``$match`` that give the page's rows."""
        return (
            *self.unwind,
            {"$sort": dict(self.sort)},
            {"$skip": self.skip},
            {"$limit": self.limit},
            {"$project": {"_id": 0, **dict.fromkeys(self.projection or (), 1)}},
        )

    def count(self) -> tuple[Mapping[str, Any], ...]:
        """The stages after ``$match`` that count all rows (``paging.COUNT``)."""
        return (*self.unwind, COUNT)


def compile_search(
    query: query_pb2.Query,
    parameters: Mapping[str, str],
    fields: FieldSet,
    now: datetime,
    limits: QueryLimits,
) -> Search:
    """What a list with these direct parameters (equal to what is stored) and query looks for.

    ``now`` is naive UTC. Raises InvalidArgument errors that name the parameter or the key.
    """
    equal = [equals(fields.resolve(key, limits), value) for key, value in parameters.items()]
    _refuse_untaken(query)
    check_weight(query, (), (query.unwind,), limits)
    unwind, row = _unwinding(query, fields, now, limits)
    page = read_page(query.page, limits) or Page(0, limits.page_default)
    return Search(
        where=all_of((*equal, compile_filters(query, fields, now, limits))),
        sort=_order(query.sort, row, fields, limits),
        projection=_projection(query, fields, limits),
        skip=page.skip,
        limit=page.limit,
        count_only=query.count_only,
        unwind=unwind,
    )


def _refuse_untaken(query: query_pb2.Query) -> None:
    if query.lookup.values:
        raise InvalidParameter("query.lookup", "lookups are not taken")
    if query.add_fields.fields:
        raise InvalidParameter("query.add_fields", "added fields are not taken")


def _unwinding(
    query: query_pb2.Query, fields: FieldSet, now: datetime, limits: QueryLimits
) -> tuple[Sequence[Mapping[str, Any]], Row]:
    # Some clients send a message for every field, also for what isn't wanted (CONTRACT 1.7).
    if not query.unwind.ListFields():
        return (), fields
    if not query.only:
        raise RequiredParameter("query.only")
    return compile_unwind("query.unwind", query.unwind, fields, now, limits)


def _order(
    sorts: Iterable[query_pb2.Sort], row: Row, fields: FieldSet, limits: QueryLimits
) -> Order:
    wanted: list[tuple[str, int]] = []
    for at, sort in enumerate(sorts):
        key = required(f"query.sort[{at}].key", sort.key)
        at_most("query.sort", "keys", at + 1, limits.sort_keys)
        path = row.resolve(key, limits).path
        wanted.append((path, DESCENDING if sort.desc else ASCENDING))
    return ordered(wanted or [(fields.default_sort, DESCENDING)], row.last_order, row.unshown)


def _projection(
    query: query_pb2.Query, fields: FieldSet, limits: QueryLimits
) -> tuple[str, ...] | None:
    """The paths that minimal and only name, without those below another one."""
    at_most("query.only", "fields", query.only, limits.only)
    if "" in query.only:
        raise InvalidParameter(f"query.only[{list(query.only).index('')}]", "it is empty")
    paths = [fields.resolve(key, limits).path for key in query.only]
    if query.minimal:
        paths = [*fields.minimal, *paths]
    if not paths:
        return None
    named = set(paths)
    return tuple(path for path in dict.fromkeys(paths) if named.isdisjoint(_parents(path)))


def _parents(path: str) -> Iterable[str]:
    names = path.split(".")
    return (".".join(names[:depth]) for depth in range(1, len(names)))

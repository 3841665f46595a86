"""Which part of the rows a caller wants: pages and orders (CONTRACT 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from event_service.query.limits import QueryLimits, at_most

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from event_service.stubs.spaceone.api.core.v2 import query_pb2

Order: TypeAlias = tuple[tuple[str, int], ...]
"""Names with 1 for ascending and -1 for descending, the first one first."""

ASCENDING = 1
DESCENDING = -1

COUNT: Mapping[str, Any] = {"$group": {"_id": None, "n": {"$sum": 1}}}
"""The stage that counts all rows as ``n``; none gives no row."""


@dataclass(frozen=True, slots=True)
class Page:
    """``limit`` rows after the first ``skip`` ones."""

    skip: int
    limit: int


def read_page(page: query_pb2.Page, limits: QueryLimits) -> Page | None:
    """The page asked for; a start counts from 1, and means nothing without a limit.

    Raises InvalidParameter when the limit is larger than any page may be.
    """
    if page.limit == 0:
        return None
    at_most("query.page.limit", "rows", page.limit, limits.page_rows)
    return Page(skip=max(page.start, 1) - 1, limit=page.limit)


def ordered(
    wanted: Iterable[tuple[str, int]], last: Iterable[str], ascending: Iterable[str] = ()
) -> Order:
    """The order wanted, made total by ``last`` in its last direction and by ``ascending``.

    No name comes twice.
    """
    order: dict[str, int] = {}
    direction = ASCENDING
    for name, direction in wanted:
        order.setdefault(name, direction)
    for name in last:
        order.setdefault(name, direction)
    for name in ascending:
        order.setdefault(name, ASCENDING)
    return tuple(order.items())

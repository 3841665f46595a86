"""The distinct values of a field, in an order that is the same every time (CONTRACT 6)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from event_service.query.paging import Page


def sort_distinct(values: Iterable[Any]) -> list[Any]:
    """The values in MongoDB's order: numbers, texts, documents, lists, booleans, dates.

    Null is left out: it equals missing, and what is missing is no value.
    """
    return sorted((value for value in values if value is not None), key=_place)


def page_of(values: Sequence[Any], page: Page | None) -> Sequence[Any]:
    """The values on the page, or all of them without one."""
    return values if page is None else values[page.skip : page.skip + page.limit]


def _place(value: Any) -> tuple[Any, ...]:
    place: tuple[Any, ...]
    match value:
        case None:
            place = (0,)
        case bool():
            place = (5, value)
        case int() | float():
            place = (1, False, 0) if math.isnan(value) else (1, True, value)
        case str():
            place = (2, value)
        case dict():
            parts = [(key, _place(part)) for key, part in value.items()]
            place = (3, [(part[0], key, part) for key, part in parts])
        case list():
            place = (4, [_place(part) for part in value])
        case datetime():
            place = (6, value)
        case _:
            place = (7, type(value).__name__, str(value))
    return place

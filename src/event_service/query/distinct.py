"""The distinct values of a field, in an order that is the same every time (CONTRACT 6)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

from event_service.query.fields import Field, FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from event_service.query.paging import Page


def distinct_stages(field: Field) -> tuple[Mapping[str, Any], ...]:
    """The stages that give a row for each value of the field, which is its ``_id``, in order.

    Asked for its values at once, the database gives them all in one document, which holds no
    million of them. But it alone reaches into lists of documents: for a field inside of one, or one
    that holds documents, there are no stages.
    """
    if not field.declared or field.kind is FieldKind.DOCUMENT:
        return ()
    unwound = ({"$unwind": field.value},) if field.kind is FieldKind.STRING_LIST else ()
    return (
        *unwound,
        {"$group": {"_id": field.value}},
        {"$match": {"_id": {"$ne": None}}},
        {"$sort": {"_id": 1}},
    )


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

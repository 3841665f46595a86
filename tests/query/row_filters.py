"""Filters on rows, also on those that a stage made: the rules of CONTRACT 5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.query.bson_values import LooseError, held
from tests.query.reading import found

_INSTANTS = ("created_at", "occurred_at")


def holds(row: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether a filter with ``k``, ``o`` and ``v`` holds for the row.

    A text is a date to a field of dates. Whether it is one to a date that stages have moved, the
    page leaves open: behind a list the service no longer knows.
    """
    there = held(row, part["k"])
    dates = there if isinstance(there, list) else [there]
    if part["k"] in _INSTANTS:
        return found({part["k"]: there}, {"filter": [part]})
    if isinstance(part["v"], str) and any(isinstance(one, datetime) for one in dates):
        raise LooseError
    return found({"it": there}, {"filter": [{**part, "k": "it"}]})

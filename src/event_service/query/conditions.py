"""Conditions as MongoDB's ``find`` takes them, and how they are put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Condition: TypeAlias = Mapping[str, Any]

EVERYTHING: Condition = {}
NOTHING: Condition = {"_id": {"$in": []}}


def all_of(conditions: Iterable[Condition]) -> Condition:
    """What fulfils every condition; of no condition at all, everything does."""
    parts = [condition for condition in conditions if condition != EVERYTHING]
    if not parts:
        return EVERYTHING
    return parts[0] if len(parts) == 1 else {"$and": parts}


def any_of(conditions: Iterable[Condition]) -> Condition:
    """What fulfils one of the conditions; of no condition at all, nothing does."""
    parts = list(conditions)
    if not parts:
        return NOTHING
    if any(part == EVERYTHING for part in parts):
        return EVERYTHING
    return parts[0] if len(parts) == 1 else {"$or": parts}

"""Updates that look before they change, in one step, found by an id alone.

The guard stands in the update and not in its filter, because a store may use an index only for a
filter that the index covers whole (the embedded one does), and the id is all that is needed to
find the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Expression = Mapping[str, Any]


def guarded(guard: Expression, changes: Expression) -> list[Mapping[str, Any]]:
    """An update of those fields (values are expressions) in documents that pass the guard.

    A document that doesn't pass is left as it is, so that its ``modified_count`` is 0.
    """
    changed = {"$mergeObjects": ["$$ROOT", changes]}
    return [{"$replaceWith": {"$cond": [guard, changed, "$$ROOT"]}}]


def value(plain: object) -> Expression:
    """A value that is no expression, whatever it looks like."""
    return {"$literal": plain}


def plus(field: str, number: int | Expression) -> Expression:
    """The number in ``field`` and another; a document that has none there counts from 0.

    What another program left there is no fault: that would be one of all that the update is for.
    """
    there = f"${field}"
    return {"$add": [{"$cond": [{"$isNumber": there}, there, 0]}, number]}

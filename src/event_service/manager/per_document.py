"""One update for many documents, with values that differ from document to document.

A store acknowledges an update when it is durable, and the embedded one does so for each statement
of a bulk: sixty-four statements take as long as sixty-four writes, one statement as long as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from event_service.manager.guarded import Expression

T = TypeVar("T")

_MOST = 100
"""Documents of one update. Each looks for its place among all of them, so the cost grows with the
square of their number, and other writes wait for the whole update."""


class PerDocument:
    """The documents that have those values, all different, in a field.

    They are those that ``where`` finds and that pass the ``guard``.
    """

    def __init__(self, field: str, ids: Sequence[str]) -> None:
        self.where: Mapping[str, Any] = {field: {"$in": list(ids)}}
        self._place = {"$indexOfArray": [{"$literal": list(ids)}, f"${field}"]}
        # A list with one of the ids in it is found too, and has the last one's value.
        self.guard: Expression = {"$gte": [self._place, 0]}

    def value(self, values: Sequence[object]) -> Expression:
        """Of each document its own of the values, which are in the order of the ids."""
        return {"$arrayElemAt": [{"$literal": list(values)}, self._place]}


def portions(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in parts that are fit for one update each."""
    for begin in range(0, len(items), _MOST):
        yield items[begin : begin + _MOST]

"""A condition as ``$match`` stages, so that an index is used for the part it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from event_service.query.conditions import Condition


def match_stages(where: Condition, lookups: Sequence[Sequence[str]]) -> list[Mapping[str, Any]]:
    """``$match`` stages that hold together for what ``where`` holds for.

    The first has just the exact values of the first of ``lookups`` (leading fields of an index)
    that ``where`` names whole. MongoDB joins the stages and plans as it likes; the embedded store
    uses an index only for a filter that the index covers whole, and would scan otherwise.
    """
    parts = list(_parts(where))
    exact: dict[str, int] = {}
    for place, part in enumerate(parts):
        for field, test in part.items():
            if _is_exact(test):
                exact.setdefault(field, place)
    for lookup in lookups:
        if all(field in exact for field in lookup):
            leading = {field: _plain(parts[exact[field]][field]) for field in lookup}
            taken = {exact[field] for field in lookup}
            rest = [part for place, part in enumerate(parts) if place not in taken]
            return [{"$match": leading}, *([{"$match": {"$and": rest}}] if rest else [])]
    return [{"$match": where}]


def _parts(where: Condition) -> Iterator[Mapping[str, Any]]:
    for field, test in where.items():
        if field == "$and":
            for condition in test:
                yield from _parts(condition)
        else:
            yield {field: test}


def _is_exact(test: object) -> bool:
    if not isinstance(test, Mapping) or len(test) != 1:
        return False
    return isinstance(test.get("$eq"), str) or "$in" in test


def _plain(test: Mapping[str, Any]) -> Any:
    # A text needs no $eq to be no operator, and the embedded store knows its index by it.
    return test.get("$eq", test)

"""A condition as ``$match`` stages, so that an index is used for the part it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from event_service.query.conditions import Condition

_EXACT = ({"$eq"}, {"$in"})


def match_stages(where: Condition, lookups: Sequence[Sequence[str]]) -> list[Mapping[str, Any]]:
    """``$match`` stages that hold together for what ``where`` holds for.

    The first has just the exact values of the first of ``lookups`` (leading fields of an index)
    that ``where`` names whole. MongoDB joins the stages and plans as it likes; the embedded store
    uses an index only for a filter that the index covers whole, and would scan otherwise.
    """
    parts = list(_parts(where))
    exact: dict[str, Mapping[str, Any]] = {}
    for part in parts:
        for field, test in part.items():
            if (
                isinstance(test, Mapping)
                and set(test) in _EXACT
                and test.get("$eq", "") is not None
            ):
                exact.setdefault(field, part)
    for lookup in lookups:
        if all(field in exact for field in lookup):
            first = [exact[field] for field in lookup]
            rest = [part for part in parts if not any(part is one for one in first)]
            leading = {field: part[field] for part in first for field in part}
            return [{"$match": leading}, *([{"$match": {"$and": rest}}] if rest else [])]
    return [{"$match": where}]


def _parts(where: Condition) -> Iterator[Mapping[str, Any]]:
    for field, test in where.items():
        if field == "$and":
            for condition in test:
                yield from _parts(condition)
        else:
            yield {field: test}

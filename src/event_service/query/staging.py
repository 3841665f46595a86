"""A condition as ``$match`` stages, so that an index is used for the part it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from event_service.query.conditions import Condition


def match_stages(where: Condition, lookups: Sequence[Sequence[str]]) -> list[Mapping[str, Any]]:
    """``$match`` stages that hold together for what ``where`` holds for.

    The first has just the exact values of the first of ``lookups`` (leading fields of an index)
    that ``where`` names whole. MongoDB joins the stages and plans as it likes; the embedded store
    uses an index only for a filter that the index covers whole, and would scan otherwise.
    """
    parts = parts_of(where)
    exact = exact_fields(parts)
    for lookup in lookups:
        if exact.keys() >= {*lookup}:
            first, rest = split(parts, exact, lookup)
            return [{"$match": first}, *matching(rest)]
    return [{"$match": where}]


def parts_of(where: Condition) -> list[Condition]:
    """The conditions on single fields (or of single operators) that all have to hold."""
    parts: list[Condition] = []
    for field, test in where.items():
        parts += chain.from_iterable(map(parts_of, test)) if field == "$and" else [{field: test}]
    return parts


def exact_fields(parts: Sequence[Condition]) -> dict[str, int]:
    """The fields that have to be a text, or one of a list, and which part says so first."""
    exact: dict[str, int] = {}
    for place, part in enumerate(parts):
        for field, test in part.items():
            if _is_exact(test):
                exact.setdefault(field, place)
    return exact


def split(
    parts: Sequence[Condition], exact: Mapping[str, int], lookup: Sequence[str]
) -> tuple[dict[str, Any], list[Condition]]:
    """The exact values of these fields as one condition, and all that this leaves over.

    ``exact`` are those of the parts.
    """
    first = {field: _plain(parts[exact[field]][field]) for field in lookup}
    taken = {exact[field] for field in lookup}
    return first, [part for place, part in enumerate(parts) if place not in taken]


def matching(parts: Sequence[Condition]) -> list[Mapping[str, Any]]:
    """A stage that these parts hold for; none for no part."""
    return [{"$match": {"$and": [*parts]}}] if parts else []


def _is_exact(test: object) -> bool:
    if not isinstance(test, Mapping) or len(test) != 1:
        return False
    return isinstance(test.get("$eq"), str) or "$in" in test


def _plain(test: Mapping[str, Any]) -> Any:
    # A text needs no $eq to be no operator, and the embedded store knows its index by it.
    return test.get("$eq", test)

"""A condition as ``$match`` stages, so that an index is used for the part it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from event_service.query.conditions import Condition


@dataclass(frozen=True, slots=True)
class Parts:
    """A condition, and the ones on single fields (or of single operators) that it consists of.

    ``exact`` are the fields that have to be a text, or one of a list, with the first place among
    ``each`` that says so.
    """

    whole: Condition
    each: Sequence[Condition]
    exact: Mapping[str, int]

    def split(self, lookup: Sequence[str]) -> tuple[dict[str, Any], list[Condition]]:
        """The exact values of these fields as one condition, and all that this leaves over."""
        places = {field: self.exact[field] for field in lookup}
        first = {field: _plain(self.each[place][field]) for field, place in places.items()}
        taken = {*places.values()}
        return first, [part for place, part in enumerate(self.each) if place not in taken]


def parts_of(where: Condition) -> Parts:
    """The parts that all have to hold."""
    each = _parts(where)
    exact: dict[str, int] = {}
    for place, part in enumerate(each):
        for field, test in part.items():
            if _is_exact(test):
                exact.setdefault(field, place)
    return Parts(where, each, exact)


def match_stages(parts: Parts, lookups: Sequence[Sequence[str]]) -> list[Mapping[str, Any]]:
    """``$match`` stages that hold together for what the parts hold for.

    The first has just the exact values of the first of ``lookups`` (leading fields of an index)
    that they name whole. MongoDB joins the stages and plans as it likes; the embedded store
    uses an index only for a filter that the index covers whole, and would scan otherwise.
    """
    for lookup in lookups:
        if parts.exact.keys() >= {*lookup}:
            first, rest = parts.split(lookup)
            return [{"$match": first}, *matching(rest)]
    return [{"$match": parts.whole}]


def matching(parts: Sequence[Condition]) -> list[Mapping[str, Any]]:
    """A stage that these parts hold for; none for no part."""
    return [{"$match": {"$and": [*parts]}}] if parts else []


def _parts(where: Condition) -> list[Condition]:
    parts: list[Condition] = []
    for field, test in where.items():
        parts += chain.from_iterable(map(_parts, test)) if field == "$and" else [{field: test}]
    return parts


def _is_exact(test: object) -> bool:
    if not isinstance(test, Mapping) or len(test) != 1:
        return False
    return isinstance(test.get("$eq"), str) or "$in" in test


def _plain(test: Mapping[str, Any]) -> Any:
    # A text needs no $eq to be no operator, and the embedded store knows its index by it.
    return test.get("$eq", test)

"""Unwind: a row for every member of a list (CONTRACT 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter
from event_service.query.conditions import EVERYTHING, Condition
from event_service.query.filters import FilterCompiler, filter_value
from event_service.query.unshown import unshown_name
from event_service.query.values import required

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from event_service.query.fields import Row
    from event_service.query.limits import QueryLimits
    from event_service.stubs.spaceone.api.core.v2 import query_pb2


@dataclass(frozen=True, slots=True)
class UnwindStage:
    """The list at ``path`` is unwound, and of the rows those stay that ``where`` holds for.

    ``number`` is what a member's place in its list is called: it orders the rows of one event.
    """

    path: str
    number: str
    where: Condition

    def stages(self) -> tuple[Mapping[str, Any], ...]:
        """As stages of an aggregation."""
        unwind = {"$unwind": {"path": f"${self.path}", "includeArrayIndex": self.number}}
        return (unwind,) if self.where == EVERYTHING else (unwind, {"$match": self.where})


def compile_unwind(
    place: str, unwind: query_pb2.Unwind, row: Row, now: datetime, limits: QueryLimits
) -> tuple[UnwindStage, Row]:
    """The stage, and the rows as they are after it; ``place`` is the parameter, for errors.

    A filter on what was unwound doesn't take an empty text: no resource is empty, so that it is
    rather a value forgotten. (Lists in a sender's data may have such members: ``in`` finds them.)
    Raises RequiredParameter without a path, InvalidParameter for an unknown one.
    """
    field = row.resolve(required(f"{place}.path", unwind.path), limits)
    number = unshown_name({*row.kinds, *row.unshown})
    after = row.unwound(field, number)
    where = FilterCompiler(after, now, limits).every(f"{place}.filter", unwind.filter)
    for at, part in enumerate(unwind.filter):
        key = part.key or part.k
        if filter_value(part) == "" and after.resolve(key, limits).path == field.path:
            raise InvalidParameter(f"{place}.filter[{at}].value", "it is empty")
    return UnwindStage(field.path, number, where), after

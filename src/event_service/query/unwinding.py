"""Unwind: a row for every member of a list (CONTRACT 5 and 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter
from event_service.query.conditions import EVERYTHING
from event_service.query.fields import FieldKind
from event_service.query.filters import FilterCompiler
from event_service.query.produced import unshown_name
from event_service.query.values import given_value, required

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from event_service.query.limits import QueryLimits
    from event_service.query.produced import Row
    from event_service.stubs.spaceone.api.core.v2 import query_pb2


def compile_unwind(
    place: str, unwind: query_pb2.Unwind, row: Row, now: datetime, limits: QueryLimits
) -> tuple[Sequence[Mapping[str, Any]], Row]:
    """The stages, and the rows as they are after them; ``place`` is the parameter, for errors.

    A filter on what was unwound doesn't take an empty text: no resource is empty, so that it is
    rather a value forgotten. (Lists in a sender's data may have such members: ``in`` finds them.)
    Raises RequiredParameter without a path, InvalidParameter for an unknown one.
    """
    field = row.resolve(required(f"{place}.path", unwind.path), limits)
    # A member's place in its list: it orders the rows of one event.
    number = unshown_name({*row.kinds, *row.unshown})
    member = {field.path: FieldKind.STRING} if field.kind is FieldKind.STRING_LIST else {}
    after = replace(row, kinds={**row.kinds, **member}, unshown=(*row.unshown, number))
    where = FilterCompiler(after, now, limits).every(f"{place}.filter", unwind.filter)
    for at, part in enumerate(unwind.filter):
        key = part.key or part.k
        if given_value(part) == "" and after.resolve(key, limits).path == field.path:
            raise InvalidParameter(f"{place}.filter[{at}].value", "it is empty")
    stage = {"$unwind": {"path": field.value, "includeArrayIndex": number}}
    return ([stage] if where == EVERYTHING else [stage, {"$match": where}]), after

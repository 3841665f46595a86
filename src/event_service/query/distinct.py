"""The distinct values of a field, in an order that is the same every time (CONTRACT 6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from event_service.query.expressions import Expression, has_type, members, when
from event_service.query.fields import Field, FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VALUE = "v"
_PLACE = re.compile("0|[1-9][0-9]{0,8}")


def distinct_stages(field: Field) -> tuple[Mapping[str, Any], ...]:
    """The stages that give a row for each value of the field, which is its ``_id``, in order.

    Asked for its values at once, the database gives them all in one document, which holds no
    million of them, and the embedded one finds none of those inside of lists.
    """
    if field.declared and field.kind is not FieldKind.DOCUMENT:
        unwound = ({"$unwind": field.value},) if field.kind is FieldKind.STRING_LIST else ()
        return (
            *unwound,
            {"$group": {"_id": field.value}},
            {"$match": {"_id": {"$ne": None}}},
            {"$sort": {"_id": 1}},
        )
    return (
        *_reached(field),
        # By themselves, lists would be in the order of their least members: many in the same place.
        {"$group": {"_id": {_VALUE: f"${_VALUE}"}}},
        # No condition of a find: a list with a null in it is none.
        {"$match": {"$expr": {"$ne": [f"$_id.{_VALUE}", None]}}},
        {"$sort": {"_id": 1}},
        {"$project": {"_id": f"$_id.{_VALUE}"}},
    )


def _reached(field: Field) -> Iterator[Mapping[str, Any]]:
    """Stages that give a row for each value at a path, as ``_VALUE``.

    They go where MongoDB's own distinct goes: into the members of every list on the way, but not
    into those of a list within a list. A number is a member's place, or a name in a document.
    """
    first, *inner = _hops(field.path)
    here = f"${_VALUE}"
    yield _projected(f"${first}")
    for segment in inner:
        inside = when(has_type(here, "object"), f"{here}.{segment}")
        if _PLACE.fullmatch(segment):
            member = {"$arrayElemAt": [members(here), int(segment)]}
            yield _projected(when({"$isArray": [here]}, member, inside))
        else:
            yield {"$unwind": here}
            yield _projected(inside)
    yield {"$unwind": here}


def _projected(value: Expression) -> Mapping[str, Any]:
    return {"$project": {"_id": 0, _VALUE: value}}


def _hops(path: str) -> list[str]:
    """The names of a path; the first two are one, since what callers' documents stand in is one."""
    name, *inner = path.split(".")
    return [".".join((name, *inner[:1])), *inner[1:]]

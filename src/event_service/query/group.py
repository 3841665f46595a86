"""The group stage of an aggregation (CONTRACT 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, RequiredParameter
from event_service.query.date_formats import formatted
from event_service.query.expressions import Expression, document, present, when, without_nulls
from event_service.query.fields import NO_LISTS, FieldKind
from event_service.query.group_conditions import all_hold
from event_service.query.limits import QueryLimits, at_most
from event_service.query.produced import (
    ORDERING_KEYS,
    Made,
    ProducedRow,
    Row,
    kinds_of,
    new_name,
    unshown_name,
)
from event_service.query.values import required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_service.stubs.spaceone.api.core.v2 import query_pb2

_ACCUMULATORS: Mapping[str, Callable[[Expression], Expression]] = {
    "count": lambda value: {"$sum": value},
    "sum": lambda value: {"$sum": value},
    "average": lambda value: {"$avg": value},
    "max": lambda value: {"$max": value},
    "min": lambda value: {"$min": value},
    "first": lambda value: {"$first": value},
    "last": lambda value: {"$last": value},
    "push": lambda value: {"$push": value},
    "add_to_set": lambda value: {"$addToSet": value},
    "merge_objects": lambda value: {"$mergeObjects": document(value)},
}
_SAME_KIND = ("max", "min", "first", "last")
_LISTS = ("push", "add_to_set")
_WITH_CONDITIONS = ("count", "sum", "average")


def compile_group(
    place: str, group: query_pb2.AggregateGroup, row: Row, limits: QueryLimits
) -> tuple[list[Mapping[str, Any]], ProducedRow]:
    """The stages of a group and the rows after it; ``place`` is the parameter, for errors.

    The keys stand at the top level of a row; one that is null is left out. Beside them is a copy of
    all, never shown, where they alone would not order the rows. Raises InvalidArgument errors that
    name what is missing or wrong.
    """
    if not group.keys and not group.fields:
        raise RequiredParameter(f"{place}.keys")
    at_most(place, "keys and fields", len(group.keys) + len(group.fields), limits.group_members)
    keys = [_key(f"{place}.keys[{at}]", key, row, limits) for at, key in enumerate(group.keys)]
    made = [
        _field(f"{place}.fields[{at}]", field, row, limits) for at, field in enumerate(group.fields)
    ]
    kinds = kinds_of(place, [*keys, *made])
    # MongoDB orders lists by their least members, many in the same place, and documents by all that
    # is in them. It sorts by no more than 32 names.
    by_keys = len(keys) <= ORDERING_KEYS and all(key.kind in NO_LISTS for key in keys)
    unshown = () if by_keys else (unshown_name(kinds),)
    stages: list[Mapping[str, Any]] = [
        {
            "$group": {
                "_id": {key.name: key.expression for key in keys} if keys else None,
                **{field.name: field.expression for field in made},
            }
        },
        {
            "$project": {
                "_id": 0,
                # To MongoDB a missing key is null where it is the only one.
                **{key.name: present(f"$_id.{key.name}") for key in keys},
                **{field.name: field.shown for field in made},
                **dict.fromkeys(unshown, "$_id"),
            }
        },
    ]
    return stages, ProducedRow(kinds, tuple(key.name for key in keys), unshown)


def _key(place: str, key: query_pb2.AggregateGroupKey, row: Row, limits: QueryLimits) -> Made:
    field = row.resolve(required(f"{place}.key", key.key or key.k), limits)
    name = new_name(place, key.name or key.n, limits)
    if not key.date_format:
        return Made(name, present(field.value), field.kind)
    value = formatted(place, field.value, key.date_format, limits)
    return Made(name, present(value), FieldKind.INSIDE)


def _field(place: str, field: query_pb2.AggregateGroupField, row: Row, limits: QueryLimits) -> Made:
    operator = required(f"{place}.operator", field.operator or field.o)
    name = new_name(place, field.name or field.n, limits)
    if operator not in _ACCUMULATORS:
        raise InvalidParameter(f"{place}.operator", f"no operator is called {operator[:32]}")
    if field.conditions and operator not in _WITH_CONDITIONS:
        raise InvalidParameter(f"{place}.conditions", f"{operator} takes no conditions")
    if field.fields and operator != "push":
        raise InvalidParameter(f"{place}.fields", f"{operator} takes no fields")
    if field.fields:
        return Made(name, {"$push": _pushed(place, field, row, limits)}, FieldKind.INSIDE)
    value: Expression = 1
    if operator == "count":
        kind = FieldKind.NUMBER
    else:
        source = row.resolve(required(f"{place}.key", field.key or field.k), limits)
        value = source.value
        kind = source.kind if operator in _SAME_KIND else FieldKind.INSIDE
    if field.conditions:
        # A row that they don't hold for counts as 0.
        value = when(all_hold(place, field.conditions, row, limits), value, 0)
    shown = without_nulls(f"${name}") if operator in _LISTS else 1
    return Made(name, _ACCUMULATORS[operator](value), kind, shown)


def _pushed(
    place: str, field: query_pb2.AggregateGroupField, row: Row, limits: QueryLimits
) -> Mapping[str, Expression]:
    at_most(f"{place}.fields", "fields", field.fields, limits.group_members)
    parts: list[Made] = []
    for at, part in enumerate(field.fields):
        inner = f"{place}.fields[{at}]"
        source = row.resolve(required(f"{inner}.key", part.key or part.k), limits)
        part_name = new_name(inner, part.name or part.n, limits)
        parts.append(Made(part_name, present(source.value), source.kind))
    kinds_of(f"{place}.fields", parts)
    return {part.name: part.expression for part in parts}

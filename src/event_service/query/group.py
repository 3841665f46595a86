"""The group stage of an aggregation (CONTRACT 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, RequiredParameter
from event_service.query.date_formats import formatted
from event_service.query.expressions import Expression, document, present, when, without_nulls
from event_service.query.fields import NO_LISTS, FieldKind, Row
from event_service.query.group_conditions import all_hold
from event_service.query.limits import QueryLimits, at_most
from event_service.query.produced import ORDERING_KEYS, ProducedRow, new_name
from event_service.query.unshown import unshown_name
from event_service.query.values import required

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from event_service.stubs.spaceone.api.core.v2 import query_pb2

_ACCUMULATORS: Mapping[str, Callable[[Expression], Expression]] = {
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


@dataclass(frozen=True, slots=True)
class _Made:
    """A field of the new rows: its name, the expression that makes it, and what it holds.

    ``shown`` is what becomes of it when the rows are made (1: it stays as it is).
    """

    name: str
    expression: Expression
    kind: FieldKind
    shown: Expression = 1


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
    kinds = _unique_names(place, [*keys, *made])
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


def _unique_names(place: str, made: Iterable[_Made]) -> dict[str, FieldKind]:
    """What each name holds. Raises InvalidParameter when two fields have one name."""
    kinds: dict[str, FieldKind] = {}
    for field in made:
        if field.name in kinds:
            raise InvalidParameter(place, f"two fields are called {field.name[:64]}")
        kinds[field.name] = field.kind
    return kinds


def _key(place: str, key: query_pb2.AggregateGroupKey, row: Row, limits: QueryLimits) -> _Made:
    field = row.resolve(required(f"{place}.key", key.key or key.k), limits)
    name = new_name(place, key.name or key.n, limits)
    if not key.date_format:
        return _Made(name, present(field.value), field.kind)
    value = formatted(place, field.value, key.date_format, limits)
    return _Made(name, present(value), FieldKind.INSIDE)


def _field(
    place: str, field: query_pb2.AggregateGroupField, row: Row, limits: QueryLimits
) -> _Made:
    operator = required(f"{place}.operator", field.operator or field.o)
    name = new_name(place, field.name or field.n, limits)
    if operator != "count" and operator not in _ACCUMULATORS:
        raise InvalidParameter(f"{place}.operator", f"no operator is called {operator[:32]}")
    if field.conditions and operator not in _WITH_CONDITIONS:
        raise InvalidParameter(f"{place}.conditions", f"{operator} takes no conditions")
    if field.fields and operator != "push":
        raise InvalidParameter(f"{place}.fields", f"{operator} takes no fields")
    if field.fields:
        return _pushed(place, name, field, row, limits)
    if operator == "count":
        return _Made(name, {"$sum": _counted(place, field, row, limits, 1)}, FieldKind.NUMBER)
    source = row.resolve(required(f"{place}.key", field.key or field.k), limits)
    value = _counted(place, field, row, limits, source.value)
    kind = source.kind if operator in _SAME_KIND else FieldKind.INSIDE
    shown = without_nulls(f"${name}") if operator in _LISTS else 1
    return _Made(name, _ACCUMULATORS[operator](value), kind, shown)


def _counted(
    place: str,
    field: query_pb2.AggregateGroupField,
    row: Row,
    limits: QueryLimits,
    value: Expression,
) -> Expression:
    """The value, or 0 for a row that the field's conditions don't hold for."""
    if not field.conditions:
        return value
    return when(all_hold(place, field.conditions, row, limits), value, 0)


def _pushed(
    place: str,
    name: str,
    field: query_pb2.AggregateGroupField,
    row: Row,
    limits: QueryLimits,
) -> _Made:
    at_most(f"{place}.fields", "fields", field.fields, limits.group_members)
    parts: list[_Made] = []
    for at, part in enumerate(field.fields):
        inner = f"{place}.fields[{at}]"
        source = row.resolve(required(f"{inner}.key", part.key or part.k), limits)
        part_name = new_name(inner, part.name or part.n, limits)
        parts.append(_Made(part_name, present(source.value), source.kind))
    _unique_names(f"{place}.fields", parts)
    value = {part.name: part.expression for part in parts}
    return _Made(name, {"$push": value}, FieldKind.INSIDE)

"""The project stage of an aggregation (CONTRACT 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, RequiredParameter
from event_service.query.expressions import Expression, document, has_type, members, number, when
from event_service.query.fields import FieldKind
from event_service.query.limits import QueryLimits, at_most
from event_service.query.produced import Made, ProducedRow, Row, kinds_of, new_name, unshown_name
from event_service.query.values import required
from event_service.stored_keys import original_in_database, stored_in_database

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_service.stubs.spaceone.api.core.v2 import query_pb2

_PAIR = 2


def compile_project(
    place: str, project: query_pb2.AggregateProject, row: Row, limits: QueryLimits
) -> tuple[Mapping[str, Any], ProducedRow]:
    """The stage and the rows after it; ``place`` is the parameter, for errors.

    The fields named are made, each from the one that ``key`` names; the keys of the group before
    stay unless ``exclude_keys``. Everything else goes, but for a copy, never shown, of what orders
    the rows. An operator over several fields (add, subtract, multiply, divide) takes their names in
    ``key``, with commas between; what is no number makes its result null, and so does a division by
    zero. ``add`` of a single name is the sum of its list.
    Raises InvalidArgument errors that name what is missing or wrong.
    """
    if not project.fields:
        raise RequiredParameter(f"{place}.fields")
    at_most(f"{place}.fields", "fields", project.fields, limits.group_members)
    kept = row.keys if isinstance(row, ProducedRow) and not project.exclude_keys else ()
    made = [
        _made(f"{place}.fields[{at}]", field, row, limits)
        for at, field in enumerate(project.fields)
    ]
    named = kinds_of(place, made)
    kinds = {key: row.kinds[key] for key in kept} | named
    stage: dict[str, Any] = {"_id": 0, **dict.fromkeys(kept, 1)}
    stage |= {field.name: field.expression for field in made}
    keys = tuple(key for key in kept if key not in named)
    lost = [name for name in (*row.last_order, *row.unshown) if name not in keys]
    if not lost:
        return {"$project": stage}, ProducedRow(kinds, keys)
    # In one document, since MongoDB sorts by no more than 32 names.
    unshown = unshown_name(kinds)
    stage[unshown] = {f"name_{at}": f"${name}" for at, name in enumerate(lost)}
    return {"$project": stage}, ProducedRow(kinds, keys, (unshown,))


def _made(
    place: str, field: query_pb2.AggregateProjectField, row: Row, limits: QueryLimits
) -> Made:
    name = new_name(place, field.name or field.n, limits)
    key = required(f"{place}.key", field.key or field.k)
    operator = field.operator or field.o
    if not operator:
        source = row.resolve(key, limits)
        return Made(name, source.value, source.kind)
    if operator in _OF_SEVERAL:
        names = [one.strip() for one in key.split(",", limits.group_members)]
        at_most(f"{place}.key", "names", names, limits.group_members)
        if not all(names):
            raise InvalidParameter(f"{place}.key", "a name in it is empty")
        values = [row.resolve(one, limits).value for one in names]
        if operator in ("subtract", "divide") and len(values) != _PAIR:
            raise InvalidParameter(f"{place}.key", f"{operator} takes two names: a,b")
        return Made(name, _OF_SEVERAL[operator](values), FieldKind.INSIDE)
    if operator not in _OF_ONE:
        raise InvalidParameter(f"{place}.operator", f"no operator is called {operator[:32]}")
    return Made(name, _OF_ONE[operator](row.resolve(key, limits).value), FieldKind.INSIDE)


def _add(values: list[Expression]) -> Expression:
    if len(values) == 1:
        return {"$sum": values[0]}
    return {"$add": [number(value) for value in values]}


def _divide(values: list[Expression]) -> Expression:
    dividend, divisor = (number(value) for value in values)
    return when({"$eq": [divisor, 0]}, None, {"$divide": [dividend, divisor]})


def _from_pairs(value: Expression) -> Expression:
    """A document of the members that have a text ``k``; the others can't name a field."""
    without_nul = {"$eq": [{"$indexOfBytes": ["$$pair.k", {"$literal": "\0"}]}, -1]}
    usable = when(has_type("$$pair.k", "string"), without_nul, otherwise=False)
    pairs = {
        "$map": {
            "input": {"$filter": {"input": members(value), "as": "pair", "cond": usable}},
            "as": "pair",
            "in": {
                "k": stored_in_database("$$pair.k"),
                "v": {"$ifNull": ["$$pair.v", None]},
            },
        }
    }
    return when({"$isArray": [value]}, {"$arrayToObject": pairs})


def _to_pairs(value: Expression) -> Expression:
    """The members of a document, as ``k`` and ``v``."""
    pairs = {
        "$map": {
            "input": {"$objectToArray": document(value)},
            "as": "pair",
            "in": {"k": original_in_database("$$pair.k"), "v": "$$pair.v"},
        }
    }
    return when(has_type(value, "object"), pairs)


_OF_SEVERAL: Mapping[str, Callable[[list[Expression]], Expression]] = {
    "add": _add,
    "subtract": lambda values: {"$subtract": [number(value) for value in values]},
    "multiply": lambda values: {"$multiply": [number(value) for value in values]},
    "divide": _divide,
}
_OF_ONE: Mapping[str, Callable[[Expression], Expression]] = {
    "size": lambda value: when({"$isArray": [value]}, {"$size": members(value)}),
    "sum": lambda value: {"$sum": value},
    "array_to_object": _from_pairs,
    "object_to_array": _to_pairs,
}

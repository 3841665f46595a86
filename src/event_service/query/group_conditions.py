"""The conditions of a group's count, sum and average (CONTRACT 6), as one expression."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from event_service.errors import InvalidParameter, OperatorValueType
from event_service.query.expressions import Expression, has_type, members, types_like
from event_service.query.fields import Field, FieldKind
from event_service.query.limits import QueryLimits, at_most
from event_service.query.values import as_stored, given_value, required

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.query.produced import Row
    from event_service.stubs.spaceone.api.core.v2 import query_pb2

_ORDERS = {"gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}


def all_hold(
    place: str,
    conditions: Sequence[query_pb2.AggregateSubCondition],
    row: Row,
    limits: QueryLimits,
) -> Expression:
    """Whether every condition holds for a row; ``place`` is the parameter, for errors.

    Values are compared with those of their own type, as filters do. Unlike them, a condition looks
    at members of a list only for ``eq`` and ``not``, and only where every row has a list
    (``resources``); and NaN, which another service may have stored, is less than every number.
    Raises InvalidArgument errors that name what is missing or wrong; a value must be a scalar and
    not null.
    """
    at_most(f"{place}.conditions", "conditions", conditions, limits.conditions)
    parts = [
        _holds(f"{place}.conditions[{at}]", condition, row, limits)
        for at, condition in enumerate(conditions)
    ]
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _holds(
    place: str, condition: query_pb2.AggregateSubCondition, row: Row, limits: QueryLimits
) -> Expression:
    key = required(f"{place}.key", condition.key or condition.k)
    operator = required(f"{place}.operator", condition.operator or condition.o)
    if operator not in ("eq", "not", *_ORDERS):
        raise InvalidParameter(
            f"{place}.operator", "conditions take eq, not, gt, gte, lt and lte only"
        )
    field = row.resolve(key, limits)
    value = as_stored(field, given_value(condition))
    if not isinstance(value, bool | float | str | datetime):
        raise OperatorValueType(operator, key)
    if operator in ("eq", "not"):
        same = _equal(field, value)
        return same if operator == "eq" else {"$not": [same]}
    return {
        "$and": [
            has_type(field.value, *types_like(value)),
            {_ORDERS[operator]: [field.value, {"$literal": value}]},
        ]
    }


def _equal(field: Field, value: bool | float | str | datetime) -> Expression:  # noqa: FBT001
    if field.kind is FieldKind.STRING_LIST:
        return {"$in": [{"$literal": value}, members(field.value)]}
    return {"$eq": [field.value, {"$literal": value}]}

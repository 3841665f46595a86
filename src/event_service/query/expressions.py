"""Expressions of an aggregation that never fail, whatever the documents hold.

Field paths come from resolved fields and a caller's values stand below ``$literal``, so nothing
that a caller sends is ever read as an expression.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

Expression: TypeAlias = Any
"""What MongoDB takes as an expression: a ``$path``, a number, or one operator with its operands."""

NUMBERS = ["int", "long", "double", "decimal"]


def has_type(value: Expression, *types: str) -> Expression:
    """Whether the value is of one of MongoDB's types."""
    return {"$in": [{"$type": value}, list(types)]}


def when(condition: Expression, value: Expression, otherwise: Expression = None) -> Expression:
    """One of two values; only that one is worked out."""
    return {"$cond": [condition, value, otherwise]}


def present(value: Expression) -> Expression:
    """The value, or nothing at all when it is null: null equals missing (CONTRACT 5)."""
    return {"$ifNull": [value, "$$REMOVE"]}


def without_nulls(members_of: Expression) -> Expression:
    """The list without its nulls."""
    return {"$filter": {"input": members_of, "as": "member", "cond": {"$ne": ["$$member", None]}}}


def number(value: Expression) -> Expression:
    """The value when it is a number, else null."""
    return when(has_type(value, *NUMBERS), value)


def document(value: Expression) -> Expression:
    """The value when it is a document, else null."""
    return when(has_type(value, "object"), value)


def instant(value: Expression) -> Expression:
    """The value when it is a date, else null."""
    return when(has_type(value, "date"), value)


def members(value: Expression) -> Expression:
    """The value when it is a list, else an empty one."""
    return when({"$isArray": [value]}, value, [])


def types_like(value: bool | float | str | datetime) -> tuple[str, ...]:  # noqa: FBT001
    """MongoDB's types that compare with the value."""
    match value:
        case bool():
            return ("bool",)
        case str():
            return ("string",)
        case datetime():
            return ("date",)
        case _:
            return tuple(NUMBERS)

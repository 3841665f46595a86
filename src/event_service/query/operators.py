"""The operators of a filter (CONTRACT 5): each makes a condition of a field and a value.

A value always stands below an operator of MongoDB's and never is a condition itself, so nothing
that a caller sends can become an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.errors import (
    InvalidParameter,
    OperatorBooleanType,
    OperatorDictValueType,
    OperatorListValueType,
    OperatorValueType,
)
from event_service.instants import parse_iso
from event_service.query.conditions import EVERYTHING, NOTHING, Condition, all_of, any_of
from event_service.query.fields import Field, path_segments
from event_service.query.limits import QueryLimits, at_most
from event_service.query.patterns import checked, literal
from event_service.query.time_words import parse_time_word
from event_service.query.values import Json, Scalar, as_stored, is_scalar

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Operand:
    """What an operator works on. ``key`` is the field as the caller names it, for errors."""

    operator: str
    key: str
    field: Field
    value: Json
    now: datetime
    limits: QueryLimits

    def wrong_type(self) -> OperatorValueType:
        """What the caller is told of a value that the operator doesn't take."""
        return OperatorValueType(self.operator, self.key)

    def is_(self, operator: str, value: object) -> Condition:
        """The condition that the field and this operator of MongoDB's make."""
        return {self.field.path: {operator: value}}

    def scalar(self) -> object:
        """The value as the field stores it. Raises OperatorValueType for an object or a list."""
        if not is_scalar(self.value):
            raise self.wrong_type()
        return as_stored(self.field, self.value)

    def text(self) -> str:
        """The value. Raises OperatorValueType when it is no text."""
        if not isinstance(self.value, str):
            raise self.wrong_type()
        return self.value

    def members(self) -> list[Json]:
        """The value. Raises OperatorListValueType for no list, InvalidParameter for a long one."""
        if not isinstance(self.value, list):
            raise OperatorListValueType(self.operator, self.key)
        at_most(self.key, "members of a list", self.value, self.limits.list_members)
        return self.value

    def texts(self) -> list[str]:
        """The value, a list of texts, as patterns. Raises as ``members``, and OperatorValueType."""
        members = self.members()
        texts = [member for member in members if isinstance(member, str)]
        if len(texts) != len(members):
            raise self.wrong_type()
        return texts


Compile = Callable[[Operand], Condition]


def _compare(mongo: str, *, null: bool) -> Compile:
    def compiled(operand: Operand) -> Condition:
        value = operand.scalar()
        if value is None and not null:
            raise operand.wrong_type()
        return operand.is_(mongo, value)

    return compiled


def _membership(mongo: str) -> Compile:
    def compiled(operand: Operand) -> Condition:
        members = operand.members()
        if not all(map(is_scalar, members)):
            raise operand.wrong_type()
        return operand.is_(mongo, [as_stored(operand.field, member) for member in members])

    return compiled


def _exists(operand: Operand) -> Condition:
    if not isinstance(operand.value, bool):
        raise OperatorBooleanType(operand.operator, operand.key)
    if operand.field.declared:
        return EVERYTHING if operand.value else NOTHING
    return operand.is_("$exists", operand.value)


def _pattern(
    form: Callable[[str], str], *, several: bool = False, negated: bool = False
) -> Compile:
    """Looks for a text, or for one of several, that ``form`` makes a pattern of."""

    def matching(operand: Operand, text: str) -> dict[str, str]:
        at_most(operand.key, "characters of a pattern", text, operand.limits.pattern_length)
        try:
            return _ignoring_case(form(text))
        except ValueError as error:
            raise InvalidParameter(operand.key, str(error)) from None

    def compiled(operand: Operand) -> Condition:
        texts = operand.texts() if several else [operand.text()]
        found = [matching(operand, text) for text in texts]
        if negated:
            return all_of(operand.is_("$not", one) for one in found)
        return any_of({operand.field.path: one} for one in found)

    return compiled


def _ignoring_case(pattern: str) -> dict[str, str]:
    return {"$regex": pattern, "$options": "i"}


def _match(operand: Operand) -> Condition:
    if not isinstance(operand.value, dict):
        raise OperatorDictValueType(operand.operator, operand.key)
    if not operand.value:
        raise InvalidParameter(operand.key, "match needs at least one field of a member")
    if "" in operand.value:
        raise InvalidParameter(operand.key, "the name of a member's field is empty")
    at_most(operand.key, "fields of a match", operand.value, operand.limits.group_members)
    member: dict[str, Any] = {}
    for key, value in operand.value.items():
        if not is_scalar(value):
            raise operand.wrong_type()
        member[".".join(path_segments(key, operand.limits))] = {"$eq": value}
    return operand.is_("$elemMatch", member)


def _instant(mongo: str, read: Callable[[str, datetime], datetime]) -> Compile:
    def compiled(operand: Operand) -> Condition:
        text = operand.text()
        try:
            return operand.is_(mongo, read(text, operand.now))
        except ValueError as error:
            raise InvalidParameter(operand.key, str(error)) from None

    return compiled


def _iso(text: str, now: datetime) -> datetime:  # noqa: ARG001 - the clock is for time words
    return parse_iso(text)


_ORDERS = {"lt": "$lt", "lte": "$lte", "gt": "$gt", "gte": "$gte"}

_PATTERNS: Mapping[str, Compile] = {
    "contain": _pattern(literal),
    "not_contain": _pattern(literal, negated=True),
    "contain_in": _pattern(literal, several=True),
    "not_contain_in": _pattern(literal, several=True, negated=True),
    "regex": _pattern(checked),
    "regex_in": _pattern(checked, several=True),
}

PATTERN_OPERATORS = frozenset(_PATTERNS)
"""Those that look for something inside of texts."""

OPERATORS: Mapping[str, Compile] = {
    "eq": _compare("$eq", null=True),
    "not": _compare("$ne", null=True),
    **{name: _compare(mongo, null=False) for name, mongo in _ORDERS.items()},
    "exists": _exists,
    "in": _membership("$in"),
    "not_in": _membership("$nin"),
    "match": _match,
    **_PATTERNS,
    **{f"datetime_{name}": _instant(mongo, _iso) for name, mongo in _ORDERS.items()},
    **{f"timediff_{name}": _instant(mongo, parse_time_word) for name, mongo in _ORDERS.items()},
}
"""By the name that callers use. Raised: InvalidParameter, and the Operator...Type errors."""


def contains(field: Field, word: str) -> Condition:
    """The field, or a member of it, contains the word, whatever its case."""
    return {field.path: _ignoring_case(literal(word))}


def equals(field: Field, value: Scalar) -> Condition:
    """The field, or a member of it, is the value."""
    return {field.path: {"$eq": as_stored(field, value)}}

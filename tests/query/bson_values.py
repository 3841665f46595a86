"""Values as MongoDB compares them: which are the same, and which comes first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

MISSING = object()


class LooseError(Exception):
    """The rules leave open what is asked for here: it depends on an order nobody gave."""


class Loose(list[Any]):
    """A list whose members have no order that the rules know."""


def at(row: Any, key: str) -> Any:
    """What a dotted key reaches: objects only, behind a list the stores differ."""
    for name in key.split("."):
        if isinstance(row, list):
            raise LooseError(key)
        if not isinstance(row, dict) or name not in row:
            return MISSING
        row = row[name]
    return row


def held(row: Any, key: str) -> Any:
    """The same, with null for what is missing."""
    value = at(row, key)
    return None if value is MISSING else value


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Unordered:
    """An object: the embedded store orders them by other rules than MongoDB."""

    def __init__(self, same: Any) -> None:
        self.same = same

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unordered) and self.same == other.same

    def __hash__(self) -> int:
        return hash(self.same)

    def __lt__(self, other: object) -> bool:
        raise LooseError


def one(value: Any) -> Any:
    """Equal for what is one value to a group or a set: objects with the same order of names."""
    if isinstance(value, Loose) and len(value) > 1:
        raise LooseError
    if isinstance(value, dict):
        return ("object", tuple((name, one(each)) for name, each in value.items()))
    if isinstance(value, list):
        return ("list", tuple(one(each) for each in value))
    return shown(value)


def ranked(value: Any) -> Any:  # noqa: PLR0911
    """A key to sort by, in the order of types: null, number, text, object, list, and so on."""
    if value is None:
        return (1,)
    if isinstance(value, bool):
        return (6, value)
    if isinstance(value, int | float):
        return (2, float(value))
    if isinstance(value, str):
        return (3, value.encode())
    if isinstance(value, dict):
        return (4, _Unordered(one(value)))
    if isinstance(value, Loose) and len(value) > 1:
        raise LooseError
    if isinstance(value, list):
        return (5, tuple(ranked(each) for each in value))
    assert isinstance(value, datetime), value
    return (7, value)


def placed(value: Any, *, desc: bool) -> Any:
    """A key to sort rows by: a list stands where its least or greatest member does."""
    if value is MISSING:
        return (1,)
    if not isinstance(value, list):
        return ranked(value)
    if not value:
        return (0,)
    return (max if desc else min)(ranked(each) for each in value)


def shown(value: Any) -> Any:
    """The same for two answers that say the same, for members without an order too."""
    if isinstance(value, dict):
        return ("object", tuple(sorted((name, shown(each)) for name, each in value.items())))
    if isinstance(value, Loose):
        return ("list", tuple(sorted((shown(each) for each in value), key=repr)))
    if isinstance(value, list):
        return ("list", tuple(shown(each) for each in value))
    if number(value):
        return ("number", f"{value + 0.0:.12g}")
    return (type(value).__name__, value)


def like(answer: Any, expected: Any) -> Any:
    """An answer with the lists loose that are loose in what is expected."""
    if isinstance(answer, list):
        if not isinstance(expected, list):
            return answer
        if isinstance(expected, Loose):
            return Loose(answer)
        return [like(one, other) for one, other in zip(answer, expected, strict=False)] + answer[
            len(expected) :
        ]
    if isinstance(answer, dict) and isinstance(expected, dict):
        return {name: like(each, expected.get(name)) for name, each in answer.items()}
    return answer

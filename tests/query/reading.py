"""The rules of CONTRACT 5 read once more, in plain Python: what a query ought to find."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from event_service.instants import parse_iso
from event_service.query.time_words import parse_time_word
from tests.query.asking import NOW

_MISSING = object()
_ALIASES = {"resource": "resources"}
_INSTANTS = ("created_at", "occurred_at")


def found(document: dict[str, Any], query: dict[str, Any]) -> bool:
    some = [_holds(document, part) for part in query.get("filter_or", ())]
    some += [
        word.lower() in (document[field]).lower()
        for word in query.get("keyword", "").split()
        for field in ("event_id", "title")
    ]
    every = all(_holds(document, part) for part in query.get("filter", ()))
    return every and (any(some) if some else True)


def _holds(document: dict[str, Any], part: dict[str, Any]) -> bool:  # noqa: PLR0911
    key, operator, value = part["k"], part["o"], part["v"]
    held = _at(document, key)
    candidates = held if isinstance(held, list) else [None if held is _MISSING else held]
    if operator == "exists":
        return value is ("." not in key or held is not _MISSING)
    if operator.startswith("not"):
        positive = {"not": "eq"}.get(operator, operator.removeprefix("not_"))
        return not _holds(document, {**part, "o": positive})
    if operator == "eq":
        return any(_same(one, _meant(key, value)) for one in candidates)
    if operator == "in":
        return any(_same(one, _meant(key, wanted)) for one in candidates for wanted in value)
    if operator in ("contain", "contain_in"):
        words = value if isinstance(value, list) else [value]
        return any(word.lower() in one.lower() for one in _texts(candidates) for word in words)
    if operator in ("regex", "regex_in"):
        patterns = value if isinstance(value, list) else [value]
        return any(
            re.search(pattern, one, re.IGNORECASE)
            for one in _texts(candidates)
            for pattern in patterns
        )
    kind, _, order = operator.rpartition("_")
    if kind == "datetime":
        wanted: Any = parse_iso(value)
    else:
        wanted = parse_time_word(value, NOW) if kind == "timediff" else _meant(key, value)
    return any(_ordered(order, one, wanted) for one in candidates)


def _at(document: Any, key: str) -> Any:
    for name in _ALIASES.get(key, key).split("."):
        if not isinstance(document, dict) or name not in document:
            return _MISSING
        document = document[name]
    return document


def _meant(key: str, value: Any) -> Any:
    if key in _INSTANTS and isinstance(value, str):
        try:
            return parse_iso(value)
        except ValueError:
            return value
    return value


def _texts(candidates: list[Any]) -> list[str]:
    return [one for one in candidates if isinstance(one, str)]


def _type(value: Any) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _same(one: Any, other: Any) -> bool:
    return _type(one) is _type(other) and one == other


def _ordered(order: str, one: Any, other: Any) -> bool:
    if _type(one) is not _type(other) or not isinstance(one, bool | int | float | str | datetime):
        return False
    return bool(
        {
            "lt": one < other,
            "lte": one <= other,
            "gt": one > other,
            "gte": one >= other,
        }[order]
    )

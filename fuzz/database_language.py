"""What of MongoDB's language may be asked on behalf of callers, and nothing besides.

Written once more and from the outside: a pipeline passes when it is made of these operators alone,
each where it belongs, with names where names stand and with scalars where a caller's values do.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import bson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from event_service.caller import Scope

_COMPARED = frozenset({"$eq", "$ne", "$lt", "$lte", "$gt", "$gte"})
_LISTED = frozenset({"$in", "$nin"})
_VARIABLES = frozenset({"$$REMOVE", "$$member", "$$pair", "$$pair.k", "$$pair.v"})
_PARTS_OF_A_TEXT = re.compile(r"\$\$p[0-9]+")
_EXPRESSIONS = frozenset(
    {
        *("$add", "$subtract", "$multiply", "$divide", "$size", "$sum", "$avg", "$max", "$min"),
        *("$first", "$last", "$push", "$addToSet", "$mergeObjects", "$cond", "$ifNull", "$in"),
        *("$type", "$isArray", "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$and", "$not"),
        *("$filter", "$map", "$arrayToObject", "$objectToArray", "$indexOfBytes"),
        *("$dateToString", "$year", "$month", "$dayOfMonth", "$dayOfYear", "$dayOfWeek"),
        *("$isoDayOfWeek", "$hour", "$floor", "$let", "$concat", "$arrayElemAt", "$regexMatch"),
        *("$substrBytes", "$substrCP", "$strLenCP"),
    }
)
_MOST_ROWS = 100_001
_MOST_KEYS = 64
_GROWTH = 64
_CONSTANT_BYTES = 16 * 1024


def check_pipeline(pipeline: Sequence[Mapping[str, Any]], scope: Scope, request_bytes: int) -> None:
    """Raises AssertionError for what no caller may make us ask.

    ``scope`` must stand in the ``$match`` stages that the pipeline begins with. ``request_bytes``
    is the size of the request, which the pipeline may be some multiple of.
    """
    leading = []
    for stage in pipeline:
        if "$match" not in stage:
            break
        leading.append(stage["$match"])
    assert _is_within(scope, [part for match in leading for part in _conjuncts(match)]), pipeline
    for stage in pipeline:
        _check_stage(stage)
    size = len(bson.encode({"pipeline": pipeline}))
    assert size <= _GROWTH * request_bytes + _CONSTANT_BYTES, (size, request_bytes)


def _conjuncts(condition: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, test in condition.items():
        if key == "$and":
            for part in test:
                yield from _conjuncts(part)
        else:
            yield key, test


def _is_within(scope: Scope, parts: list[tuple[str, Any]]) -> bool:
    if scope.projects is not None and not scope.projects:
        return ("_id", {"$in": []}) in parts
    wanted = {"domain_id": scope.domain_id, "workspace_id": scope.workspace_id}
    if scope.projects is not None and ("project_id", {"$in": sorted(scope.projects)}) not in parts:
        return False
    return all(
        (name, value) in parts or (name, {"$eq": value}) in parts
        for name, value in wanted.items()
        if value is not None
    )


def _check_stage(stage: Mapping[str, Any]) -> None:
    ((operator, said),) = stage.items()
    match operator:
        case "$match":
            _check_condition(said)
        case "$unwind":
            path = said if isinstance(said, str) else said["path"]
            assert path[0] == "$", said
            assert path is said or set(said) == {"path", "includeArrayIndex"}, said
            _check_expression(path)
        case "$group":
            members = dict(said)
            _check_expression(members.pop("_id"))
            for name, expression in members.items():
                _check_name(name)
                _check_expression(expression)
        case "$project":
            for name, expression in said.items():
                _check_name(name)
                _check_expression(expression)
        case "$sort":
            assert 0 < len(said) <= _MOST_KEYS, said
            for name, direction in said.items():
                _check_name(name)
                assert direction in (1, -1), said
        case "$limit":
            assert said > 0, said
        case "$skip":
            assert said >= 0, said
        case _:
            raise AssertionError(f"a stage that nobody may ask for: {operator}")


def check_bounded(pipeline: Sequence[Mapping[str, Any]]) -> None:
    """Raises AssertionError for a pipeline that may give any number of rows."""
    rows: int | None = None
    for stage in pipeline:
        ((operator, said),) = stage.items()
        if operator == "$limit":
            rows = said if rows is None else min(rows, said)
        elif operator == "$group" and said["_id"] is None:
            rows = 1
        elif operator == "$unwind":
            rows = None
    assert rows is not None, pipeline
    assert rows <= _MOST_ROWS, pipeline


def _check_condition(condition: Mapping[str, Any]) -> None:
    for key, test in condition.items():
        if key in ("$and", "$or"):
            assert test, condition
            for part in test:
                _check_condition(part)
        elif key == "$expr":
            _check_expression(test)
        else:
            _check_name(key)
            if not isinstance(test, str):
                _check_test(test)


def _check_test(test: Mapping[str, Any]) -> None:
    if "$regex" in test:
        assert set(test) == {"$regex", "$options"}, test
        assert isinstance(test["$regex"], str), test
        assert "\0" not in test["$regex"], test
        return
    ((operator, value),) = test.items()
    if operator in _COMPARED:
        _check_scalar(value)
    elif operator in _LISTED:
        for member in value:
            _check_scalar(member)
    elif operator == "$exists":
        assert isinstance(value, bool), test
    elif operator == "$not":
        assert "$regex" in value, test
        _check_test(value)
    elif operator == "$elemMatch":
        for name, inner in value.items():
            _check_name(name)
            assert set(inner) == {"$eq"}, test
            _check_scalar(inner["$eq"])
    else:
        raise AssertionError(f"an operator that nobody may ask for: {operator}")


def _check_expression(expression: Any) -> None:
    if isinstance(expression, str):
        if expression.startswith("$$"):
            known = expression in _VARIABLES or _PARTS_OF_A_TEXT.fullmatch(expression)
            assert known, expression
        elif expression.startswith("$"):
            _check_name(expression[1:])
    elif isinstance(expression, list):
        for member in expression:
            _check_expression(member)
    elif isinstance(expression, dict):
        _check_object(expression)
    else:
        _check_scalar(expression)


def _check_object(expression: Mapping[str, Any]) -> None:
    for name, inner in expression.items():
        if name == "$literal":
            assert len(expression) == 1, expression
            _check_scalar(inner)
            continue
        if name.startswith("$"):
            assert len(expression) == 1, expression
            assert name in _EXPRESSIONS, f"an expression that nobody may ask for: {name}"
        else:
            _check_name(name)
        _check_expression(inner)


def _check_scalar(value: Any) -> None:
    assert value is None or isinstance(value, bool | int | float | str | datetime), value


def _check_name(name: str) -> None:
    assert isinstance(name, str), name
    assert "\0" not in name, name
    assert all(part and not part.startswith("$") for part in name.split(".")), name

"""What a project stage of CONTRACT 6 ought to make of a row.

Where the page leaves it open, this is what the service does: what an operator can't take makes its
result null, and a member that is no pair is left out of an object.
"""

from __future__ import annotations

import math
from typing import Any

from tests.query.bson_values import MISSING, Loose, LooseError, at, number

Row = dict[str, Any]


def projected(row: Row, fields: list[dict[str, Any]], kept: list[str]) -> Row:
    whole = {name: row[name] for name in kept if name in row}
    for field in fields:
        value = _made(row, field["key"], field.get("operator"))
        if value is MISSING:
            whole.pop(field["name"], None)
        else:
            whole[field["name"]] = value
    return whole


def _made(row: Row, key: str, operator: str | None) -> Any:  # noqa: PLR0911
    if operator is None:
        return at(row, key)
    if operator in ("add", "subtract", "multiply", "divide"):
        return _reckoned(operator, [at(row, each) for each in key.split(",")])
    value = at(row, key)
    if operator == "size":
        return len(value) if isinstance(value, list) else None
    if operator == "sum":
        members = value if isinstance(value, list) else [value]
        return sum(member for member in members if number(member))
    if operator == "array_to_object":
        return _object(value)
    assert operator == "object_to_array", operator
    if not isinstance(value, dict):
        return None
    return [{"k": name, "v": member} for name, member in value.items()]


def _reckoned(operator: str, values: list[Any]) -> Any:
    if not all(number(value) for value in values):
        return None
    if operator == "add":
        return sum(values)
    if operator == "multiply":
        return math.prod(values)
    one, other = values
    if operator == "subtract":
        return one - other
    return one / other if other else None


def _object(value: Any) -> Any:
    if isinstance(value, Loose) and len(value) > 1:
        raise LooseError
    if not isinstance(value, list):
        return None
    pairs = [pair for pair in value if isinstance(pair, dict) and isinstance(pair.get("k"), str)]
    return {pair["k"]: pair.get("v") for pair in pairs}

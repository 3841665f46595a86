"""What a group stage of CONTRACT 6 ought to make of rows.

Where the page leaves it open, this is what the service does: null equals missing in keys, pushed
lists and objects, and sets, so that none of them shows it; what is no date has no formatted one;
what a sum, an average or a merger can't take is left out of it; a row that the conditions don't
hold for counts as 0, in an average too. What a condition means by a list it leaves open, but for
one of the resources.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.query.bson_values import Loose, LooseError, at, held, number, one, ranked, shown
from tests.query.row_filters import holds

Row = dict[str, Any]


def grouped(bags: list[list[Row]], asked: dict[str, Any]) -> list[Row]:
    groups: dict[Any, tuple[Row, list[list[Row]]]] = {}
    for bag in bags:
        fresh: set[Any] = set()
        for row in bag:
            values = {key["name"]: _key_of(row, key) for key in asked.get("keys", ())}
            names = {name: value for name, value in values.items() if value is not None}
            mark = tuple((name, one(value)) for name, value in names.items())
            _, parts = groups.setdefault(mark, (names, []))
            if mark not in fresh:
                fresh.add(mark)
                parts.append([])
            parts[-1].append(row)
    return [
        names | {field["name"]: _taken(field, parts) for field in asked.get("fields", ())}
        for names, parts in groups.values()
    ]


def _key_of(row: Row, key: dict[str, Any]) -> Any:
    value = held(row, key["key"])
    form = key.get("date_format")
    if form is None:
        return value
    if not isinstance(value, datetime):
        return None
    if form in ("year", "month", "day"):
        return getattr(value, form)
    return value.strftime(form)


def _taken(field: dict[str, Any], parts: list[list[Row]]) -> Any:  # noqa: PLR0911
    operator = field["operator"]
    rows = [row for part in parts for row in part]
    met = [_meets(row, field.get("conditions", ())) for row in rows]
    if operator == "count":
        return sum(met)
    if operator == "push":
        return _pushed(field, parts)
    values = [held(row, field["key"]) for row in rows]
    if operator in ("sum", "average"):
        taken = [value if ok else 0 for value, ok in zip(values, met, strict=True)]
        taken = [value for value in taken if number(value)]
        if operator == "sum":
            return sum(taken)
        return sum(taken) / len(taken) if taken else None
    if operator in ("first", "last"):
        part = parts[0 if operator == "first" else -1]
        ends = [held(row, field["key"]) for row in part]
        if len({shown(value) for value in ends}) > 1:
            raise LooseError
        return ends[0]
    there = [value for value in values if value is not None]
    if operator == "add_to_set":
        return Loose({one(value): value for value in there}.values())
    if operator in ("max", "min"):
        return (max if operator == "max" else min)(there, key=ranked, default=None)
    assert operator == "merge_objects", operator
    return _merged(field["key"], parts)


def _meets(row: Row, conditions: Any) -> bool:
    return all(_holds(row, part["key"], part["operator"], part["value"]) for part in conditions)


def _holds(row: Row, key: str, operator: str, value: Any) -> bool:
    if isinstance(at(row, key), list) and (key != "resources" or operator not in ("eq", "not")):
        raise LooseError(key)
    return holds(row, {"k": key, "o": operator, "v": value})


def _pushed(field: dict[str, Any], parts: list[list[Row]]) -> Any:
    whole: list[Any] = []
    loose = False
    for part in parts:
        here = [value for row in part if (value := _member(field, row)) is not None]
        loose |= len({shown(value) for value in here}) > 1
        whole += here
    return Loose(whole) if loose else whole


def _member(field: dict[str, Any], row: Row) -> Any:
    if "fields" not in field:
        return held(row, field["key"])
    there = {each["name"]: held(row, each["key"]) for each in field["fields"]}
    return {name: value for name, value in there.items() if value is not None}


def _merged(key: str, parts: list[list[Row]]) -> Row:
    whole: Row = {}
    for part in parts:
        said: Row = {}
        for row in part:
            value = held(row, key)
            for name, member in value.items() if isinstance(value, dict) else ():
                if name in said and shown(said[name]) != shown(member):
                    raise LooseError
                said[name] = member
        whole |= said
    return whole

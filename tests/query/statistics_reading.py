"""The rules of CONTRACT 6 read once more, in plain Python: what a stat ought to answer.

Rows come in bags, one after the other: those of one bag have no order that the rules know. Pages
of rows that nobody sorted are in an order of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.query.bson_values import Loose, LooseError, at, held, one, placed, ranked, shown
from tests.query.grouping_reading import grouped
from tests.query.projecting_reading import projected
from tests.query.reading import found
from tests.query.row_filters import holds

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]
Bags = list[list[Row]]


def answered(documents: list[Row], query: dict[str, Any]) -> list[list[Any]]:
    """Bags of rows, or of the one list of distinct values, each a bag of its own."""
    matched = [document for document in documents if found(document, query)]
    if "distinct" in query:
        return [[value] for value in _distinct(matched, query["distinct"])]
    bags: Bags = [matched]
    keys: list[str] = []
    sorted_ = False
    for stage in query["aggregate"]:
        ((name, asked),) = stage.items()
        sorted_ = name == "sort" or (sorted_ and name not in ("group", "count"))
        if name == "unwind":
            bags = _unwound(bags, asked)
        elif name == "group":
            bags = [grouped(bags, asked)]
            keys = [key["name"] for key in asked.get("keys", ())]
        elif name == "count":
            number = sum(map(len, bags))
            bags, keys = [[{asked["name"]: number}]] if number else [], []
        elif name == "sort":
            bags = _sorted(bags, asked)
        elif name == "project":
            kept = [] if asked.get("exclude_keys") else keys
            bags = [[projected(row, asked["fields"], kept) for row in bag] for bag in bags]
            keys = [key for key in kept if key not in {field["name"] for field in asked["fields"]}]
        elif name == "limit":
            bags = _cut(bags, 0, asked)
        else:
            bags = _cut(bags, asked, None)
    if "page" in query and not sorted_:
        return [[row for bag in bags for row in bag]]
    return bags


def _cut(bags: Iterable[list[Any]], first: int, most: int | None) -> list[list[Any]]:
    """The rows from one place on; which they are has to be known."""
    end = None if most is None else first + most
    place = 0
    left: list[list[Any]] = []
    for bag in bags:
        here = bag[max(first - place, 0) : None if end is None else max(end - place, 0)]
        if 0 < len(here) < len(bag) and len({shown(row) for row in bag}) > 1:
            raise LooseError
        place += len(bag)
        left.append(here)
    return left


def _distinct(rows: list[Row], key: str) -> list[Any]:
    values: dict[Any, Any] = {}
    for row in rows:
        there = held(row, key)
        for value in there if isinstance(there, list) else [there]:
            values.setdefault(one(value), value)
    return sorted((value for value in values.values() if value is not None), key=ranked)


def _unwound(bags: Bags, asked: dict[str, Any]) -> Bags:
    wanted = asked.get("filter", [])
    there: Bags = []
    for bag in bags:
        parts = [_members(row, asked["path"]) for row in bag]
        if len(parts) == 1 and not parts[0][1]:
            there += [[row] for row in parts[0][0] if all(holds(row, part) for part in wanted)]
        else:
            rows = [row for rows, _ in parts for row in rows]
            there.append([row for row in rows if all(holds(row, part) for part in wanted)])
    return there


def _members(row: Row, path: str) -> tuple[list[Row], bool]:
    there = held(row, path)
    if there is None:
        return [], False
    if not isinstance(there, list):
        return [row], False
    return [_put(row, path.split("."), member) for member in there], isinstance(there, Loose)


def _put(row: Row, names: list[str], value: Any) -> Row:
    first, *rest = names
    return {**row, first: _put(row[first], rest, value) if rest else value}


def _sorted(bags: Bags, asked: list[dict[str, Any]]) -> Bags:
    rows = [row for bag in bags for row in bag]
    if any(sum(isinstance(at(row, key["key"]), list) for key in asked) > 1 for row in rows):
        raise LooseError  # the embedded store sorts by two lists, MongoDB refuses it
    for key in reversed(asked):
        desc = key.get("desc", False)
        rows.sort(key=lambda row: placed(at(row, key["key"]), desc=desc), reverse=desc)

    def place(row: Row) -> Any:
        return [placed(at(row, key["key"]), desc=key.get("desc", False)) for key in asked]

    there: Bags = []
    for row in rows:
        if there and place(there[-1][0]) == place(row):
            there[-1].append(row)
        else:
            there.append([row])
    return there

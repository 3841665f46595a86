from __future__ import annotations

from typing import Any

import pytest

from event_service.errors import InvalidParameter
from event_service.query.limits import QueryLimits
from tests.query.compiling import search, statistics

_FILTER = {"k": "title", "v": "a", "o": "eq"}
_COUNT = {"name": "n", "operator": "count"}


def _filter(operator: str, value: Any) -> dict[str, Any]:
    return {"filter": [{"k": "title", "v": value, "o": operator}]}


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ({"filter": [_FILTER] * 10_000}, 100),
        ({"filter": [_FILTER] * 60, "filter_or": [_FILTER] * 60}, 100),
        (_filter("in", ["a"] * 1_001), 1_000),
        (_filter("regex", "a" * 1_000_000), 1_000),
        (_filter("contain", "a" * 1_001), 1_000),
        (_filter("regex_in", ["a" * 900] * 30), 20_000),
        (_filter("match", {f"a{n}": 1 for n in range(51)}), 50),
        ({"keyword": "a" * 1_001}, 1_000),
        ({"keyword": " ".join(map(str, range(33)))}, 32),
        ({"sort": [{"key": "title"}] * 11}, 10),
        ({"only": ["title"] * 101}, 100),
        ({"page": {"limit": 100_001}}, 100_000),
        (
            {"only": ["title"], "unwind": {"path": "resources", "filter": [_FILTER] * 101}},
            100,
        ),
    ],
)
def test_a_list_over_a_limit_is_refused(query: dict[str, Any], limit: int) -> None:
    with pytest.raises(InvalidParameter, match=f"at most {limit} are taken"):
        search(**query)


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ({"aggregate": [{"limit": 1}] * 21}, 20),
        ({"aggregate": [{"group": {"fields": [_COUNT] * 51}}]}, 50),
        (
            {
                "aggregate": [
                    {"group": {"fields": [{**_COUNT, "conditions": [_FILTER] * 101}]}},
                ]
            },
            100,
        ),
        ({"aggregate": [{"sort": [{"key": "title"}] * 11}]}, 10),
        ({"aggregate": [{"project": {"fields": [{"key": "title", "name": "t"}] * 51}}]}, 50),
        ({"distinct": "title", "page": {"limit": 100_001}}, 100_000),
        ({"distinct": "raw_data." + "a" * 1_000_000}, 256),
        ({"distinct": "raw_data" + ".a" * 100}, 20),
    ],
)
def test_a_stat_over_a_limit_is_refused(query: dict[str, Any], limit: int) -> None:
    with pytest.raises(InvalidParameter, match=f"at most {limit} are taken") as raised:
        statistics(**query)
    assert len(raised.value.message) < 300


def test_limits_are_inclusive() -> None:
    assert search(QueryLimits(filters=2), filter=[_FILTER] * 2).where == {
        "$and": [{"title": {"$eq": "a"}}] * 2
    }
    assert search(page={"limit": 100_000}).limit == 100_000

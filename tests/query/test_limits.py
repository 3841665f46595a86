from __future__ import annotations

from typing import Any

import pytest

from event_service.errors import InvalidArgument, InvalidParameter
from event_service.query.limits import QueryLimits
from tests.query.asking import LIMITS
from tests.query.compiling import search, statistics

_FILTER = {"k": "title", "v": "a", "o": "eq"}
_COUNT = {"name": "n", "operator": "count"}
_PART = {"name": "n", "key": "title"}


def _field(name: str, conditions: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "operator": "count", "conditions": conditions}


def _key(name: str) -> dict[str, Any]:
    return {"name": name, "key": "title"}


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
        (
            {
                "only": ["title"],
                "filter": [_FILTER] * 60,
                "unwind": {"path": "resources", "filter": [_FILTER] * 60},
            },
            100,
        ),
        ({"filter": [{"k": "title", "v": ["a"] * 1_000, "o": "in"}] * 11}, 10_000),
        ({"filter": [{"k": "title", "v": "a" * 1_000, "o": "regex"}] * 21}, 20_000),
        (
            {"filter_or": [{"key": "title", "value": "a" * 1_000, "operator": "contain"}] * 21},
            20_000,
        ),
        ({"filter": [{"k": "title", "v": ["a" * 500] * 5, "o": "not_contain_in"}] * 9}, 20_000),
        (_filter("eq", "a") | {"sort": [{"key": "raw_data" + ".a" * 20}]}, 20),
        ({"only": ["raw_data." + "a" * 256]}, 256),
        (_filter("match", {"a." * 20 + "a": 1}), 20),
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
        (
            {
                "aggregate": [
                    {"group": {"fields": [_field(f"n{at}", [_FILTER] * 100) for at in range(11)]}},
                ]
            },
            1_000,
        ),
        (
            {
                "aggregate": [{"unwind": {"path": "resources", "filter": [_FILTER] * 40}}] * 3,
            },
            100,
        ),
        (
            {"aggregate": [{"group": {"keys": [_key(f"k{at}") for at in range(51)]}}]},
            50,
        ),
        (
            {
                "aggregate": [
                    {
                        "group": {
                            "fields": [{"name": "n", "operator": "push", "fields": [_PART] * 51}]
                        }
                    }
                ]
            },
            50,
        ),
        (
            {
                "aggregate": [
                    {
                        "project": {
                            "fields": [{"name": "n", "operator": "add", "key": "a," * 4_000_000}]
                        }
                    }
                ]
            },
            50,
        ),
        (
            {"aggregate": [{"group": {"keys": [_key("k") | {"date_format": "%Y" * 129}]}}]},
            256,
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


@pytest.mark.parametrize("operator", ["eq", "not", "gt", "in", "contain_in", "match"])
@pytest.mark.parametrize("value", [{"a": {"a": 1}}, [["a"]], [{"a": 1}]])
def test_no_value_of_a_filter_is_nested(operator: str, value: Any) -> None:
    with pytest.raises(InvalidArgument) as raised:
        search(**_filter(operator, value))
    assert raised.value.code.startswith("ERROR_OPERATOR_")
    assert "key = title" in raised.value.message


def test_a_stat_without_a_page_asks_for_one_result_more_than_there_may_be() -> None:
    grouped = {"group": {"keys": [_key("k")]}}
    compiled = statistics(aggregate=[grouped])
    assert compiled.most == LIMITS.results == 100_000
    assert compiled.rows()[-1] == {"$limit": 100_001}
    paged = statistics(aggregate=[grouped], page={"limit": 3})
    assert paged.rows()[-1] == {"$limit": 3}


def test_the_values_of_a_field_come_page_by_page() -> None:
    for field in ("alert_id", "resources", "created_at", "raw_data", "raw_data.x.y"):
        paged = statistics(distinct=field, page={"start": 11, "limit": 10})
        assert paged.rows()[-2:] == ({"$skip": 10}, {"$limit": 10})
        assert statistics(distinct=field).rows()[-1] == {"$limit": 100_001}


def test_limits_are_inclusive() -> None:
    assert search(QueryLimits(filters=2), filter=[_FILTER] * 2).where == {
        "$and": [{"title": {"$eq": "a"}}] * 2
    }
    assert search(page={"limit": 100_000}).limit == 100_000

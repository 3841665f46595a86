"""What a stat misses or gets wrong, and what its stages give on documents of any shape."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from event_service.errors import (
    InvalidArgument,
    InvalidParameter,
    InvalidParameterType,
    OperatorValueType,
    RequiredParameter,
)
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.statistics import compile_statistics
from tests.query.asking import LIMITS, NOW, aggregated, ask_stat
from tests.query.compiling import statistics

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

_ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
_COUNT = {"name": "n", "operator": "count"}
_BY_SEVERITY = {"group": {"keys": [{"key": "severity", "name": "s"}], "fields": [_COUNT]}}


def _group(**field: Any) -> dict[str, Any]:
    return {"group": {"fields": [field]}}


def _keyed(**key: Any) -> dict[str, Any]:
    return {"group": {"keys": [key]}}


def _project(**field: Any) -> dict[str, Any]:
    return {"project": {"fields": [field]}}


def _condition(**condition: Any) -> dict[str, Any]:
    return _group(**_COUNT, conditions=[condition])


def test_a_stat_needs_a_query_and_something_to_work_out() -> None:
    with pytest.raises(RequiredParameter, match=r"key = query\)"):
        compile_statistics(None, EVENT_FIELDS, NOW, LIMITS)
    with pytest.raises(RequiredParameter, match=r"query\.aggregate or query\.distinct"):
        statistics(filter=[{"k": "title", "v": "a", "o": "eq"}])
    with pytest.raises(InvalidParameter, match="together"):
        statistics(distinct="title", aggregate=[_BY_SEVERITY])


@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        ({}, ""),
        ({"unwind": {}}, ".unwind.path"),
        ({"group": {}}, ".group.keys"),
        (_keyed(name="s"), ".group.keys[0].key"),
        (_keyed(key="severity"), ".group.keys[0].name"),
        (_group(key="title", name="v"), ".group.fields[0].operator"),
        (_group(key="title", operator="sum"), ".group.fields[0].name"),
        (_group(name="v", operator="sum"), ".group.fields[0].key"),
        (_group(name="v", operator="push"), ".group.fields[0].key"),
        (
            _group(name="v", operator="push", fields=[{"name": "a"}]),
            ".group.fields[0].fields[0].key",
        ),
        (
            _group(name="v", operator="push", fields=[{"key": "title"}]),
            ".group.fields[0].fields[0].name",
        ),
        (_condition(value=1, operator="eq"), ".group.fields[0].conditions[0].key"),
        (_condition(key="title", value=1), ".group.fields[0].conditions[0].operator"),
        ({"count": {}}, ".count.name"),
        ({"sort": []}, ".sort.key"),
        ({"sort": [{"desc": True}]}, ".sort[0].key"),
        ({"project": {}}, ".project.fields"),
        (_project(name="a"), ".project.fields[0].key"),
        (_project(key="title"), ".project.fields[0].name"),
    ],
)
def test_what_a_stage_misses_is_named(stage: dict[str, Any], missing: str) -> None:
    with pytest.raises(RequiredParameter) as raised:
        statistics(aggregate=[{"skip": 0}, stage])
    assert raised.value.key == f"query.aggregate[1]{missing}"


@pytest.mark.parametrize(
    ("stages", "error"),
    [
        ([{"limit": 0}], InvalidParameter),
        ([{"limit": -1}], InvalidParameter),
        ([{"skip": -1}], InvalidParameter),
        ([{"sort": ["title"]}], InvalidParameterType),
        ([{"sort": [{"key": 1}]}], InvalidParameterType),
        ([{"sort": [{"key": "title", "desc": "yes"}]}], InvalidParameterType),
        ([{"sort": [{"key": "title", "order": "up"}]}], InvalidParameter),
        ([_group(key="title", name="v", operator="median")], InvalidParameter),
        ([_group(key="title", name="v", operator="max", conditions=[{}])], InvalidParameter),
        ([_group(name="v", operator="add_to_set", fields=[{}])], InvalidParameter),
        ([_condition(key="title", value="a", operator="in")], InvalidParameter),
        ([_condition(key="title", value=None, operator="eq")], OperatorValueType),
        ([_condition(key="title", operator="eq")], OperatorValueType),
        ([_condition(key="title", value=["a"], operator="eq")], OperatorValueType),
        ([_condition(key="title", value={"$ne": 1}, operator="eq")], OperatorValueType),
        ([_keyed(key="created_at", name="d", date_format="week")], InvalidParameter),
        ([_keyed(key="created_at", name="d", date_format="%Y-%Q")], InvalidParameter),
        ([_keyed(key="created_at", name="d", date_format="%Y%")], InvalidParameter),
        ([_keyed(key="created_at", name="d", date_format="$title%Y")], InvalidParameter),
        ([_keyed(key="created_at", name="d", date_format="$$NOW%Y")], InvalidParameter),
        (
            [{"group": {"keys": [{"key": "title", "name": "n"}], "fields": [_COUNT]}}],
            InvalidParameter,
        ),
        ([_project(key="title", name="a", operator="median")], InvalidParameter),
        ([_project(key="title", name="a", operator="divide")], InvalidParameter),
        ([_project(key="title,rule,title", name="a", operator="subtract")], InvalidParameter),
        ([_project(key="title,", name="a", operator="add")], InvalidParameter),
        (
            [
                {
                    "project": {
                        "fields": [{"key": "title", "name": "a"}, {"key": "rule", "name": "a"}]
                    }
                }
            ],
            InvalidParameter,
        ),
    ],
)
def test_what_a_stage_gets_wrong_is_refused(
    stages: list[dict[str, Any]], error: type[InvalidArgument]
) -> None:
    with pytest.raises(InvalidArgument) as raised:
        statistics(aggregate=stages)
    assert type(raised.value) is error


@pytest.mark.parametrize("name", ["_id", "a.b", "$a", "$$ROOT", "a\0b", "a" * 257])
def test_a_name_that_means_something_can_not_be_given(name: str) -> None:
    for stage in (
        _keyed(key="title", name=name),
        _group(name=name, operator="count"),
        _group(name="v", operator="push", fields=[{"key": "title", "name": name}]),
        _project(key="title", name=name),
        {"count": {"name": name}},
    ):
        with pytest.raises(InvalidParameter, match="name"):
            statistics(aggregate=[stage])


@pytest.mark.parametrize("key", ["$title", "$$ROOT", "$$NOW", "no_such", "_id", "raw_data.$x", ""])
def test_a_key_is_the_name_of_a_field_in_every_stage(key: str) -> None:
    for stage in (
        {"unwind": {"path": key}},
        {"unwind": {"path": "resources", "filter": [{"k": key, "v": 1, "o": "eq"}]}},
        _keyed(key=key, name="k"),
        _keyed(key=key, name="k", date_format="%Y"),
        _group(key=key, name="v", operator="sum"),
        _group(name="v", operator="push", fields=[{"key": key, "name": "a"}]),
        _condition(key=key, value=1, operator="eq"),
        {"sort": [{"key": key}]},
        _project(key=key, name="a"),
        _project(key=f"title,{key}", name="a", operator="add"),
    ):
        with pytest.raises(InvalidArgument):
            statistics(aggregate=[stage])


@pytest.mark.parametrize("key", [",title", "title, ,rule", "title,"])
def test_an_empty_name_among_several_is_told_by_its_place(key: str) -> None:
    with pytest.raises(InvalidParameter, match="a name in it is empty") as raised:
        statistics(aggregate=[_project(key=key, name="a", operator="add")])
    assert raised.value.key == "query.aggregate[0].project.fields[0].key"


@pytest.mark.parametrize("stage", [_BY_SEVERITY, {"count": {"name": "n"}}])
def test_after_a_stage_that_makes_rows_only_its_names_are_there(stage: dict[str, Any]) -> None:
    for after in ({"sort": [{"key": "severity"}]}, _keyed(key="domain_id", name="d")):
        with pytest.raises(InvalidParameter, match=r"there are: .*n"):
            statistics(aggregate=[stage, after])


def test_values_stand_below_literal() -> None:
    (group, _) = statistics(
        aggregate=[_condition(key="title", value="$domain_id", operator="eq")]
    ).stages
    assert group["$group"]["n"] == {
        "$sum": {"$cond": [{"$eq": ["$title", {"$literal": "$domain_id"}]}, 1, 0]}
    }


def _documents() -> list[dict[str, Any]]:
    at = datetime(2024, 3, 9, 23, 59)  # noqa: DTZ001
    pairs = [{"k": "a", "v": 1}, {"k": "b"}, {"k": 3}, {"k": "x\0y"}, 5, ["c", 2], {"v": 1}]
    infos: list[Any] = [
        {"a": 6, "b": 4, "list": [1, 2, "x"], "pairs": pairs, "doc": {"x": 1}},
        {"a": 1, "b": 0, "list": "no list", "pairs": {"k": "a"}, "doc": [1]},
        {"a": "6", "b": None, "list": None, "pairs": None, "doc": None},
        {},
    ]
    return [
        {
            "event_id": f"event-{at_}",
            "domain_id": "d",
            "severity": "INFO" if at_ % 2 else None,
            "resources": ["r", "s"][: at_ % 3],
            "additional_info": info,
            "created_at": at,
            "occurred_at": at if at_ == 0 else None,
            "secret": "internal",
        }
        for at_, info in enumerate(infos)
    ]


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["statistics"]
    collection.insert_many(_documents())
    return collection


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("add", "a,b", [10, 1, None, None]),
        ("add", "a, a, a", [18, 3, None, None]),
        ("add", "list", [3, 0, 0, 0]),
        ("subtract", "a,b", [2, 1, None, None]),
        ("multiply", "a,b", [24, 0, None, None]),
        ("divide", "a,b", [1.5, None, None, None]),
        ("size", "list", [3, None, None, None]),
        ("sum", "list", [3, 0, 0, 0]),
        ("array_to_object", "pairs", [{"a": 1, "b": None}, None, None, None]),
        ("object_to_array", "doc", [[{"k": "x", "v": 1}], None, None, None]),
    ],
)
def test_a_projection_never_fails(
    documents: Collection[dict[str, Any]], operator: str, key: str, values: list[Any]
) -> None:
    names = ("a", "b", "list", "pairs", "doc")
    rows = aggregated(
        documents,
        _ADMIN,
        {"sort": [{"key": "event_id"}]},
        {"project": {"fields": [{"key": f"additional_info.{n}", "name": n} for n in names]}},
        _project(key=key, name="v", operator=operator),
    )
    assert [row.get("v") for row in rows] == values


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"key": "additional_info.doc", "operator": "merge_objects"}, {"x": 1}),
        ({"key": "additional_info", "operator": "sum"}, 0),
        ({"key": "additional_info.a", "operator": "average"}, 3.5),
        ({"key": "additional_info.a", "operator": "push"}, [6, 1, "6"]),
        ({"key": "additional_info.b", "operator": "push"}, [4, 0]),
        ({"key": "additional_info.b", "operator": "last"}, None),
        ({"key": "occurred_at", "operator": "min"}, _documents()[0]["created_at"]),
        (
            {"operator": "push", "fields": [{"key": "severity", "name": "s"}]},
            [{}, {"s": "INFO"}, {}, {"s": "INFO"}],
        ),
    ],
)
def test_a_group_field_takes_documents_of_any_shape(
    documents: Collection[dict[str, Any]], field: dict[str, Any], value: Any
) -> None:
    rows = aggregated(documents, _ADMIN, {"sort": [{"key": "event_id"}]}, _group(name="v", **field))
    assert rows == [{"v": value}]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ({"key": "additional_info.a", "value": 6, "operator": "lte"}, 2),
        ({"key": "additional_info.a", "value": "7", "operator": "lt"}, 1),
        ({"key": "additional_info.a", "value": 6, "operator": "not"}, 3),
        ({"key": "resources", "value": "r", "operator": "eq"}, 2),
        ({"key": "resources", "value": "r", "operator": "not"}, 2),
        ({"key": "occurred_at", "value": "2024-03-10", "operator": "lt"}, 1),
        ({"key": "created_at", "value": "2024-03-09T23:59:00Z", "operator": "eq"}, 4),
    ],
)
def test_a_condition_compares_as_a_filter_does(
    documents: Collection[dict[str, Any]], condition: dict[str, Any], count: int
) -> None:
    assert aggregated(documents, _ADMIN, _condition(**condition)) == [{"n": count}]


@pytest.mark.parametrize(
    ("date_format", "value"),
    [
        ("year", 2024),
        ("month", 3),
        ("day", 9),
        ("%Y-%m-%dT%H:%M:%S.%L%z", "2024-03-09T23:59:00.000+0000"),
        ("%j %G-W%V-%u 100%%", "069 2024-W10-6 100%"),
    ],
)
def test_what_is_no_date_has_no_formatted_date(
    documents: Collection[dict[str, Any]], date_format: str, value: Any
) -> None:
    key = {"key": "occurred_at", "name": "d", "date_format": date_format}
    rows = aggregated(
        documents, _ADMIN, {"group": {"keys": [key], "fields": [_COUNT]}}, {"sort": [{"key": "n"}]}
    )
    assert rows == [{"d": value, "n": 1}, {"n": 3}]


def test_rows_that_no_stage_made_show_declared_fields_only(
    documents: Collection[dict[str, Any]],
) -> None:
    rows = aggregated(documents, _ADMIN, {"unwind": {"path": "resources"}}, {"limit": 9})
    assert len(rows) == 3
    assert all(set(row) <= set(EVENT_FIELDS.kinds) for row in rows)


def test_history_counts_days_and_then_what_they_count(
    documents: Collection[dict[str, Any]],
) -> None:
    by_day = {
        "group": {
            "keys": [
                {"k": "created_at", "n": "day", "date_format": "%Y-%m-%d"},
                {"k": "severity", "n": "severity"},
            ],
            "fields": [{"n": "count", "o": "count"}],
        }
    }
    again = {
        "group": {
            "keys": [{"k": "day", "n": "day"}],
            "fields": [
                {"n": "total", "k": "count", "o": "sum"},
                {"n": "groups", "o": "count"},
            ],
        }
    }
    assert aggregated(documents, _ADMIN, by_day, again) == [
        {"day": "2024-03-09", "total": 4, "groups": 2}
    ]


def test_long_and_short_names_mean_the_same_in_every_stage() -> None:
    push = {"name": "p", "operator": "push", "fields": [{"key": "rule", "name": "r"}]}
    count = {**_COUNT, "conditions": [{"key": "title", "value": "a", "operator": "eq"}]}
    key = {"key": "created_at", "name": "day", "date_format": "day"}
    total = {"key": "repeat_count", "name": "t", "operator": "sum"}
    group = {"group": {"keys": [key], "fields": [count, push, total]}}
    stages = [group, _project(key="p", name="size", operator="size")]
    short = {"key": "k", "value": "v", "operator": "o", "name": "n"}
    assert statistics(aggregate=_renamed(stages, short)) == statistics(aggregate=stages)


def _renamed(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {names.get(key, key): _renamed(value, names) for key, value in part.items()}
    return [_renamed(member, names) for member in part] if isinstance(part, list) else part


def test_a_page_of_rows_that_nobody_sorted_is_in_the_order_of_their_keys(
    documents: Collection[dict[str, Any]],
) -> None:
    by_id = _keyed(key="event_id", name="e")
    for start in (1, 2, 3, 4):
        query = {"aggregate": [by_id], "page": {"start": start, "limit": 1}}
        answer = ask_stat(documents, _ADMIN, query)
        assert answer.results == [{"e": f"event-{start - 1}"}]
        assert answer.total_count == 4


def test_a_count_of_nothing_is_no_row(documents: Collection[dict[str, Any]]) -> None:
    stages = [{"count": {"name": "n"}}]
    assert aggregated(documents, _ADMIN, *stages) == [{"n": 4}]
    assert aggregated(documents, Caller("DOMAIN_ADMIN", Scope("other")), *stages) == []

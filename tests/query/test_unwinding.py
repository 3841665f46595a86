"""What an unwind makes of a list: rows in an order, with nothing in them that nobody named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from event_service.errors import InvalidParameter
from tests.query.asking import aggregated, ask_list, ask_stat
from tests.query.compiling import statistics

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

_ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
_EVENTS = 4
_MEMBERS = ("c", "a", "b")
_BY_TITLE = {
    "group": {
        "keys": [{"key": "title", "name": "title"}],
        "fields": [{"key": "event_id", "name": "__row_number", "operator": "push"}],
    }
}
_PAIRS = {
    "project": {
        "fields": [{"key": "additional_info", "name": "pair", "operator": "object_to_array"}]
    }
}


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["unwinding"]
    collection.insert_many(
        {
            "event_id": f"event-{at}",
            "domain_id": "d",
            "title": f"title {at % 2}",
            "resources": _MEMBERS,
            "additional_info": {"x": 1, "y": 1, "list": [["q", "p"], ["n", "m"]]},
        }
        for at in reversed(range(_EVENTS))
    )
    return collection


@pytest.mark.parametrize("page", [{}, {"page": {"limit": 50}}])
@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ([{"unwind": {"path": "resources"}}], {"event_id", "domain_id", "title", "resources"}),
        ([_BY_TITLE, {"unwind": {"path": "__row_number"}}], {"title", "__row_number"}),
        ([_PAIRS, {"unwind": {"path": "pair"}}], {"pair"}),
        ([_PAIRS, {"unwind": {"path": "pair"}}, {"sort": [{"key": "pair.k"}]}], {"pair"}),
        ([_PAIRS], {"pair"}),
    ],
)
def test_rows_have_the_names_that_their_stages_gave(
    documents: Collection[dict[str, Any]],
    stages: list[dict[str, Any]],
    names: set[str],
    page: dict[str, Any],
) -> None:
    rows = ask_stat(documents, _ADMIN, {"aggregate": stages, **page}).results
    assert rows
    assert all(set(row) - {"additional_info"} == names for row in rows)


def test_a_condition_holds_for_the_member_that_a_row_has(
    documents: Collection[dict[str, Any]],
) -> None:
    conditions = [{"key": "resources", "value": "a", "operator": "eq"}]
    field = {"name": "those", "operator": "count", "conditions": conditions}
    stages = [{"unwind": {"path": "resources"}}, {"group": {"fields": [field]}}]
    assert ask_stat(documents, _ADMIN, {"aggregate": stages}).results == [{"those": _EVENTS}]


def test_a_callers_name_holds_what_the_caller_said(documents: Collection[dict[str, Any]]) -> None:
    for name in ("__row_number", "__order_0"):
        field = {"key": "event_id", "name": name, "operator": "push"}
        titles = {"key": "title", "name": "all", "operator": "push"}
        rows = aggregated(
            documents,
            _ADMIN,
            {"sort": [{"key": "event_id"}]},
            {"group": {"fields": [field, titles]}},
            {"unwind": {"path": "all"}},
        )
        assert rows == [
            {name: [f"event-{of}" for of in range(_EVENTS)], "all": f"title {at % 2}"}
            for at in range(_EVENTS)
        ]


def _pages(documents: Collection[dict[str, Any]], stages: list[Any]) -> list[Any]:
    pages: list[Any] = []
    while True:
        page = {"start": len(pages) + 1, "limit": 1}
        answer = ask_stat(documents, _ADMIN, {"aggregate": stages, "page": page})
        if not answer.results:
            assert answer.total_count == len(pages)
            return pages
        pages += answer.results


_EVENT_ROWS = [(f"event-{at}", member) for at in range(_EVENTS) for member in _MEMBERS]


def test_pages_of_one_row_are_in_the_order_of_the_members(
    documents: Collection[dict[str, Any]],
) -> None:
    unwind = {"unwind": {"path": "resources"}}
    found = [(row["event_id"], row["resources"]) for row in _pages(documents, [unwind])]
    assert found == _EVENT_ROWS
    by_domain = [unwind, {"sort": [{"key": "domain_id", "desc": True}]}]
    found = [(row["event_id"], row["resources"]) for row in _pages(documents, by_domain)]
    assert found == [
        (f"event-{at}", member) for at in reversed(range(_EVENTS)) for member in _MEMBERS
    ]


def test_a_projection_keeps_the_order_of_what_it_leaves_out(
    documents: Collection[dict[str, Any]],
) -> None:
    fields = [
        {"key": key, "name": name}
        for key, name in (("event_id", "e"), ("resources", "__order_0"), ("domain_id", "d"))
    ]
    members: list[Any] = [{"unwind": {"path": "resources"}}, {"project": {"fields": fields}}]
    expected = [{"e": event_id, "__order_0": member, "d": "d"} for event_id, member in _EVENT_ROWS]
    assert _pages(documents, members) == expected
    assert _pages(documents, [*members, {"sort": [{"key": "d"}]}]) == expected
    pairs = _pages(documents, [_PAIRS, {"unwind": {"path": "pair"}}])
    assert [row["pair"]["k"] for row in pairs] == ["x", "y", "list"] * _EVENTS


def test_a_list_of_lists_is_unwound_twice_in_its_order(
    documents: Collection[dict[str, Any]],
) -> None:
    path = "additional_info.list"
    rows = _pages(documents, [{"unwind": {"path": path}}, {"unwind": {"path": path}}])
    assert [row["additional_info"]["list"] for row in rows] == ["q", "p", "n", "m"] * _EVENTS


def test_a_list_shows_the_members_in_their_order_whatever_that_of_the_events(
    documents: Collection[dict[str, Any]],
) -> None:
    for desc in (False, True):
        sort = [{"key": "event_id", "desc": desc}]
        query = {"unwind": {"path": "resources"}, "only": ["resources"], "sort": sort}
        answer = ask_list(documents, _ADMIN, query)
        assert answer.results == [{"resources": member} for member in _MEMBERS * _EVENTS]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ({"k": "rule", "o": "eq"}, 12),
        ({"k": "rule", "o": "not"}, 0),
        ({"k": "resources", "o": "eq", "v": None}, 0),
        ({"k": "resources", "o": "not", "v": None}, 12),
        ({"k": "resources", "o": "in", "v": []}, 0),
        ({"k": "resources", "o": "not_in", "v": []}, 12),
        ({"k": "resources", "o": "in", "v": ["", "a"]}, 4),
        ({"k": "title", "o": "not", "v": ""}, 12),
        ({"k": "title", "o": "contain", "v": ""}, 12),
    ],
)
def test_a_filter_of_an_unwind_takes_the_values_that_every_filter_takes(
    documents: Collection[dict[str, Any]], part: dict[str, Any], found: int
) -> None:
    unwind = {"unwind": {"path": "resources", "filter": [part]}}
    assert len(aggregated(documents, _ADMIN, unwind)) == found


def test_a_filter_of_an_unwind_looks_for_no_empty_member() -> None:
    for path, key in (("resources", "resource"), ("raw_data.list", "raw_data.list")):
        part = {"k": key, "o": "eq", "v": ""}
        with pytest.raises(InvalidParameter, match=r"unwind\.filter\[0\]\.value"):
            statistics(aggregate=[{"unwind": {"path": path, "filter": [part]}}])


def test_an_unwound_list_of_objects_is_reached_into(
    mongo_database: Database[dict[str, Any]],
) -> None:
    collection = mongo_database["alerts"]
    alerts = [{"labels": {"alertname": name}} for name in ("Disk", "Cpu", "Disk")]
    collection.insert_one({"event_id": "e", "domain_id": "d", "raw_data": {"alerts": alerts}})
    key = "raw_data.alerts.labels.alertname"
    condition = {"key": key, "value": "Disk", "operator": "eq"}
    rows = aggregated(
        collection,
        _ADMIN,
        {"unwind": {"path": "raw_data.alerts"}},
        {
            "group": {
                "keys": [{"key": key, "name": "name"}],
                "fields": [
                    {"name": "disks", "operator": "count", "conditions": [condition]},
                    {"name": "all", "key": key, "operator": "push"},
                ],
            }
        },
        {"sort": [{"key": "name"}]},
    )
    assert rows == [
        {"name": "Cpu", "disks": 0, "all": ["Cpu"]},
        {"name": "Disk", "disks": 2, "all": ["Disk", "Disk"]},
    ]


def test_a_projection_carries_one_name_more_however_many_order_its_rows() -> None:
    keys = [{"key": "title", "name": f"k{at}"} for at in range(40)]
    field = {"key": "k0", "name": "f"}
    compiled = statistics(
        aggregate=[
            {"group": {"keys": keys}},
            {"project": {"fields": [field], "exclude_keys": True}},
            {"unwind": {"path": "f"}},
        ],
        page={"limit": 1},
    )
    (sort,) = [stage["$sort"] for stage in compiled.stages if "$sort" in stage]
    assert len(sort) == 2

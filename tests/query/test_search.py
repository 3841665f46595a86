from __future__ import annotations

from typing import Any

import pytest

from event_service.errors import InvalidParameter, RequiredParameter
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.search import compile_search
from event_service.stubs.spaceone.api.core.v2 import query_pb2
from tests.query.asking import LIMITS, NOW
from tests.query.compiling import search


def test_without_a_query_the_newest_come_first_up_to_the_maximum() -> None:
    found = compile_search(query_pb2.Query(), {}, EVENT_FIELDS, NOW, LIMITS)
    assert found == search()
    assert found.where == {}
    assert found.sort == (("created_at", -1), ("event_id", -1))
    assert (found.skip, found.limit, found.projection) == (0, 1_000, None)


def test_direct_parameters_are_equality_filters() -> None:
    parameters = {"severity": "ERROR", "resource": "web-01"}
    assert compile_search(query_pb2.Query(), parameters, EVENT_FIELDS, NOW, LIMITS).where == {
        "$and": [{"severity": {"$eq": "ERROR"}}, {"resources": {"$eq": "web-01"}}]
    }


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ([{"key": "severity"}], (("severity", 1), ("event_id", 1))),
        ([{"key": "severity", "desc": True}], (("severity", -1), ("event_id", -1))),
        ([{"key": "event_id"}, {"key": "title"}], (("event_id", 1), ("title", 1))),
        (
            [{"key": "resource"}, {"key": "resources", "desc": True}],
            (("resources", 1), ("event_id", -1)),
        ),
        ([{"key": "raw_data.n"}], (("raw_data.n", 1), ("event_id", 1))),
    ],
)
def test_an_order_is_total(sort: list[Any], order: tuple[Any, ...]) -> None:
    assert search(sort=sort).sort == order


@pytest.mark.parametrize(
    ("page", "skip", "limit"),
    [
        ({}, 0, 1_000),
        ({"start": 3}, 0, 1_000),
        ({"limit": 5}, 0, 5),
        ({"start": 1, "limit": 5}, 0, 5),
        ({"start": 4_294_967_295, "limit": 5}, 4_294_967_294, 5),
        ({"limit": 2_000}, 0, 2_000),
    ],
)
def test_a_page_starts_from_1(page: dict[str, int], skip: int, limit: int) -> None:
    found = search(page=page)
    assert (found.skip, found.limit) == (skip, limit)


@pytest.mark.parametrize(
    ("query", "projection"),
    [
        ({"only": ["title", "title"]}, ("title",)),
        ({"only": ["raw_data.a", "raw_data"]}, ("raw_data",)),
        ({"only": ["raw_data", "raw_data.a.b"]}, ("raw_data",)),
        ({"only": ["raw_data.a.b", "raw_data.ab", "raw_data.a"]}, ("raw_data.ab", "raw_data.a")),
        ({"only": ["resource"]}, ("resources",)),
        ({"minimal": True}, EVENT_FIELDS.minimal),
        ({"minimal": True, "only": ["rule", "title"]}, (*EVENT_FIELDS.minimal, "rule")),
    ],
)
def test_only_what_is_named_comes_back(query: dict[str, Any], projection: tuple[str, ...]) -> None:
    assert search(**query).projection == projection


@pytest.mark.parametrize(
    "query",
    [
        {"only": ["no_such"]},
        {"only": ["title.a"]},
        {"only": [""]},
        {"only": ["raw_data.$"]},
        {"sort": [{"key": "no_such"}]},
        {"sort": [{"key": "_id"}]},
        {"only": ["title"], "unwind": {"path": "no_such"}},
        {"lookup": [{"from": "webhook", "localField": "webhook_id"}]},
        {"add_fields": {"x": "$domain_id"}},
    ],
)
def test_what_is_not_there_or_not_taken_is_refused(query: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter):
        search(**query)


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ({"sort": [{"desc": True}]}, "query.sort[0].key"),
        ({"unwind": {"path": "resources"}}, "query.only"),
        (
            {"unwind": {"filter": [{"k": "title", "v": "a", "o": "eq"}]}, "only": ["title"]},
            "query.unwind.path",
        ),
    ],
)
def test_what_is_missing_is_named(query: dict[str, Any], missing: str) -> None:
    with pytest.raises(RequiredParameter) as raised:
        search(**query)
    assert raised.value.key == missing


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"only": ["title", ""]}, "query.only[1]"),
        ({"filter": [{"k": "raw_data.list", "v": {"": 1}, "o": "match"}]}, "raw_data.list"),
    ],
)
def test_an_empty_name_is_told_by_its_place(query: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidParameter, match="empty") as raised:
        search(**query)
    assert raised.value.key == where


@pytest.mark.parametrize("query", [{}, {"only": ["title"]}, {"count_only": True}])
def test_what_is_empty_is_absent(query: dict[str, Any]) -> None:
    empty: dict[str, Any] = {"unwind": {}, "page": {}, "lookup": [], "add_fields": {}}
    empty |= {"filter": [], "filter_or": [], "sort": [], "only": [], "keyword": ""}
    assert search(**{**empty, **query}) == search(**query)


def test_a_keyword_is_its_words_once_each_in_every_keyword_field() -> None:
    found = search(keyword=" cpu \t CPU a.b ")
    assert found.where == {
        "$or": [
            {field: {"$regex": word, "$options": "i"}}
            for word in ("CPU", r"a\.b")
            for field in ("event_id", "title")
        ]
    }


@pytest.mark.parametrize("words", ["Maß Mass", "Mass Maß", "\ufb01le file", "\u0130x i\u0307x"])
def test_words_that_only_a_longer_spelling_makes_equal_are_all_looked_for(words: str) -> None:
    # For the database ß is no ss: neither word finds what the other does.
    parts = search(keyword=words).where["$or"]
    assert [part["title"]["$regex"] for part in parts if "title" in part] == words.split()


def test_a_keyword_joins_filter_or() -> None:
    where = search(
        keyword="x",
        filter=[{"k": "rule", "v": "r", "o": "eq"}],
        filter_or=[{"k": "severity", "v": "INFO", "o": "eq"}],
    ).where
    assert where == {
        "$and": [
            {"rule": {"$eq": "r"}},
            {
                "$or": [
                    {"severity": {"$eq": "INFO"}},
                    {"event_id": {"$regex": "x", "$options": "i"}},
                    {"title": {"$regex": "x", "$options": "i"}},
                ]
            },
        ]
    }

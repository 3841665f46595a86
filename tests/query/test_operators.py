from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from event_service.errors import (
    InvalidArgument,
    InvalidParameter,
    OperatorBooleanType,
    OperatorDictValueType,
    OperatorListValueType,
    OperatorValueType,
    RequiredParameter,
)
from event_service.query.conditions import EVERYTHING, NOTHING
from event_service.query.operators import OPERATORS
from tests.query.compiling import condition, search

_ORDERS = ("lt", "lte", "gt", "gte")
_TEXTS = ("contain", "not_contain", "regex")
_LISTS = ("in", "not_in", "contain_in", "not_contain_in", "regex_in")
_INSTANTS = tuple(f"{kind}_{order}" for kind in ("datetime", "timediff") for order in _ORDERS)


def test_the_operators_are_those_of_the_contract() -> None:
    assert set(OPERATORS) == {
        *("eq", "not", "exists", "match"),
        *_ORDERS,
        *_TEXTS,
        *_LISTS,
        *_INSTANTS,
    }


@pytest.mark.parametrize(
    ("operator", "values", "error"),
    [
        (("eq", "not"), ([], ["a"], {}, {"$gt": 1}), OperatorValueType),
        (_ORDERS, (None, [], {}), OperatorValueType),
        (_TEXTS, (None, 5, True, [], {}), OperatorValueType),
        (_INSTANTS, (None, 5, True, [], {}), OperatorValueType),
        (_LISTS, (None, "a", 5, True, {}), OperatorListValueType),
        (("in", "not_in"), ([["a"]], [{"$gt": 1}]), OperatorValueType),
        (("contain_in", "not_contain_in", "regex_in"), ([None], [5], [["a"]]), OperatorValueType),
        (("exists",), (None, "true", 1, []), OperatorBooleanType),
        (("match",), (None, "a", 5, True, []), OperatorDictValueType),
        (("match",), ({"a": []}, {"a": {"$gt": 1}}), OperatorValueType),
        (("match",), ({}, {"$gt": 1}, {"a.$b": 1}, {"": 1}), InvalidParameter),
        (("regex",), ("(", "\\"), InvalidParameter),
        (("regex_in",), (["a", "("],), InvalidParameter),
        (_INSTANTS, ("", "soon", "2024-02-30"), InvalidParameter),
        (("eq ", "EQ", "$eq", "between"), ("a",), InvalidParameter),
    ],
)
def test_a_value_that_an_operator_does_not_take_is_refused(
    operator: tuple[str, ...], values: tuple[Any, ...], error: type[InvalidArgument]
) -> None:
    for name in operator:
        for value in values:
            with pytest.raises(InvalidArgument) as raised:
                condition("title", name, value)
            assert type(raised.value) is error, (name, value)


@pytest.mark.parametrize("key", ["key", "k"])
@pytest.mark.parametrize("value", ["value", "v"])
@pytest.mark.parametrize("operator", ["operator", "o"])
def test_long_and_short_names_mean_the_same(key: str, value: str, operator: str) -> None:
    where = search(filter=[{key: "title", value: "a", operator: "eq"}]).where
    assert where == {"title": {"$eq": "a"}}


def test_a_filter_without_key_or_operator_is_refused() -> None:
    with pytest.raises(RequiredParameter, match=r"query\.filter\[0\]\.key"):
        search(filter=[{"v": "a", "o": "eq"}])
    with pytest.raises(RequiredParameter, match=r"query\.filter_or\[1\]\.operator"):
        search(filter_or=[{"k": "title", "v": "a", "o": "eq"}, {"k": "title", "v": "a"}])


def test_a_filter_without_value_means_null() -> None:
    assert condition("provider", "not") == {"provider": {"$ne": None}}


def test_an_iso_text_is_an_instant_where_instants_are_kept() -> None:
    instant = datetime(2024, 3, 1, 1)  # noqa: DTZ001
    text = "2024-03-01T10:00:00+09:00"
    assert condition("created_at", "eq", text) == {"created_at": {"$eq": instant}}
    assert condition("created_at", "in", [text, "x"]) == {"created_at": {"$in": [instant, "x"]}}
    assert condition("title", "eq", text) == {"title": {"$eq": text}}
    inside = condition("raw_data.at", "datetime_lt", text)
    assert inside == {"raw_data.at": {"$lt": instant}}


def test_every_event_has_the_declared_fields() -> None:
    assert condition("rule", "exists", value=True) == EVERYTHING
    assert condition("rule", "exists", value=False) == NOTHING
    assert condition("raw_data.rule", "exists", value=True) == {"raw_data.rule": {"$exists": True}}
    either = [{"k": "rule", "v": True, "o": "exists"}, {"k": "title", "v": "a", "o": "eq"}]
    assert search(filter_or=either).where == EVERYTHING


def test_an_empty_list_decides_by_itself() -> None:
    for operator in ("contain_in", "regex_in"):
        assert condition("title", operator, []) == NOTHING
    assert condition("title", "not_contain_in", []) == EVERYTHING


@pytest.mark.parametrize(
    "key",
    [
        "$where",
        "title__ne",
        "_id",
        "id",
        "title.x",
        "resources.0",
        "raw_data.$where",
        "raw_data.a.$gt",
        "raw_data.",
        ".title",
        "raw_data..a",
        "raw_data.a\0b",
        "title\0",
        "__row_number",
        "fingerprint",
        "alert.title",
        "raw_data." + "a" * 256,
        "raw_data" + ".a" * 20,
    ],
)
@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_a_key_that_names_no_field_is_refused_by_every_operator(key: str, operator: str) -> None:
    with pytest.raises(InvalidParameter, match="key = "):
        condition(key, operator, "a")


def test_a_key_inside_a_document_is_only_a_name() -> None:
    assert condition("raw_data.a__ne.b$c", "eq", 1) == {"raw_data.a__ne.b$c": {"$eq": 1}}

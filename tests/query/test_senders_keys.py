"""A sender's keys are asked for and shown as they were sent, whatever stands in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from event_service.errors import InvalidParameter
from event_service.stored_keys import to_stored
from event_service.wire.statistic_message import statistic_struct
from event_service.wire.struct import struct_to_dict
from tests.query.asking import ask_list, ask_stat
from tests.query.compiling import condition, statistics

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

_ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
_KEYS = ("\\$k", "\\\\$k", "a$", "\\a")
_ODD = {
    "$k": "dollar", "\\$k": "one", "\\\\$k": "two", "a$": "end", "\\a": "slash", "inner": {"$i": 1}
}  # fmt: skip


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["keys"]
    pairs = [{"k": key, "v": value} for key, value in _ODD.items()]
    raw = {**_ODD, "list": [_ODD], "pairs": pairs}
    stored = {"domain_id": "d", "raw_data": to_stored(raw), "additional_info": to_stored(_ODD)}
    other = {"domain_id": "d", "raw_data": {}, "additional_info": {}}
    collection.insert_many([{"event_id": "event-0", **stored}, {"event_id": "event-1", **other}])
    return collection


def _rows(documents: Collection[dict[str, Any]], *stages: dict[str, Any]) -> list[Any]:
    answer = ask_stat(documents, _ADMIN, {"aggregate": list(stages)})
    rows: list[Any] = struct_to_dict(statistic_struct(answer.results, None).message())["results"]
    return rows


def _project(key: str, name: str, operator: str = "") -> dict[str, Any]:
    return {"project": {"fields": [{"key": key, "name": name, "operator": operator}]}}


@pytest.mark.parametrize("key", _KEYS)
def test_a_key_is_asked_for_as_it_was_sent(documents: Collection[dict[str, Any]], key: str) -> None:
    for place in ("raw_data", "additional_info", "raw_data.list"):
        part = {"k": f"{place}.{key}", "v": _ODD[key], "o": "eq"}
        assert ask_list(documents, _ADMIN, {"filter": [part]}).total_count == 1
    part = {"k": "raw_data.list", "v": {key: _ODD[key]}, "o": "match"}
    assert ask_list(documents, _ADMIN, {"filter": [part]}).total_count == 1
    only = ask_list(documents, _ADMIN, {"only": [f"raw_data.{key}"], "sort": [{"key": "event_id"}]})
    assert only.results[0] == {"raw_data": to_stored({key: _ODD[key]})}
    distinct = ask_stat(documents, _ADMIN, {"distinct": f"additional_info.{key}"})
    assert distinct.results == [_ODD[key]]


@pytest.mark.parametrize("key", _KEYS)
def test_a_name_is_shown_as_it_was_given(documents: Collection[dict[str, Any]], key: str) -> None:
    by_key = {"group": {"keys": [{"key": f"raw_data.{key}", "name": key}]}}
    sort = {"sort": [{"key": key, "desc": True}]}
    assert _rows(documents, by_key, sort)[0] == {key: _ODD[key]}
    kept = _project(key, "again")
    assert _rows(documents, by_key, sort, kept)[0] == {key: _ODD[key], "again": _ODD[key]}
    assert _rows(documents, {"count": {"name": key}}) == [{key: 2}]
    with pytest.raises(InvalidParameter) as raised:
        statistics(aggregate=[{"count": {"name": key}}, {"sort": [{"key": "no_such"}]}])
    assert raised.value.message.endswith(f"there are: {key})")


def test_the_pairs_of_an_object_have_its_own_keys(documents: Collection[dict[str, Any]]) -> None:
    sort = {"sort": [{"key": "event_id"}]}
    (row, other) = _rows(documents, sort, _project("additional_info", "pairs", "object_to_array"))
    assert row["pairs"] == [{"k": key, "v": value} for key, value in _ODD.items()]
    assert other["pairs"] == []


def test_an_object_of_pairs_has_their_keys(documents: Collection[dict[str, Any]]) -> None:
    sort, limit = {"sort": [{"key": "event_id"}]}, {"limit": 1}
    made = _project("raw_data.pairs", "made", "array_to_object")
    assert _rows(documents, sort, limit, made) == [{"made": _ODD}]
    there = _project("raw_data", "made", "object_to_array")
    back = _project("made", "made", "array_to_object")
    (row,) = _rows(documents, sort, limit, there, back)
    assert {key: row["made"][key] for key in _ODD} == _ODD


@pytest.mark.parametrize("key", ["raw_data.$k", "raw_data.a.$gt", "$where", "additional_info.$"])
def test_a_key_that_could_be_an_operator_is_refused(key: str) -> None:
    with pytest.raises(InvalidParameter, match="starts with"):
        condition(key, "eq", 1)

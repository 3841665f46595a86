"""A sender's keys are asked for and shown as they were sent, whatever stands in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from event_service.stored_keys import to_stored
from event_service.wire.statistic_message import statistic_struct
from event_service.wire.struct import struct_to_dict
from tests.query.asking import ask_stat

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

_ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
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
    rows: list[Any] = struct_to_dict(statistic_struct(answer.results, None))["results"]
    return rows


def _project(key: str, name: str, operator: str = "") -> dict[str, Any]:
    return {"project": {"fields": [{"key": key, "name": name, "operator": operator}]}}


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

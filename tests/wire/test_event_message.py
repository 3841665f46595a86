"""An event document as a message."""

from datetime import datetime
from typing import Any

import bson
import pytest
from bson import Code

from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo
from event_service.wire.event_message import encoded_event
from event_service.wire.struct import dict_to_struct, struct_to_dict

DOCUMENT: dict[str, Any] = {
    "event_id": "event-1",
    "title": "Disk full",
    "rule": None,
    "provider": "",
    "account": 42,
    "resources": ["db-1", None, 7],
    "additional_info": {"\\$ref": "a", "n": 1.5, "o": {"l": [None, True, ""], "e": {}, "m": []}},
    "raw_data": {"title": "Disk full"},
    "created_at": datetime(2024, 3, 1, 1),  # noqa: DTZ001 - naive UTC is meant
    "occurred_at": None,
    "repeat_count": 3,
}


def event_info(document: dict[str, Any]) -> EventInfo:
    return EventInfo.FromString(encoded_event(bson.encode(document)))


def test_fields_of_a_document() -> None:
    info = event_info(DOCUMENT)
    assert (info.event_id, info.title, info.account) == ("event-1", "Disk full", "42")
    assert info.created_at == "2024-03-01T01:00:00.000Z"
    assert (info.rule, info.provider, info.occurred_at) == ("", "", "")
    assert list(info.resources) == ["db-1", "7"]
    assert struct_to_dict(info.additional_info) == {
        "$ref": "a",
        "n": 1.5,
        "o": {"l": [None, True, ""], "e": {}, "m": []},
    }
    assert info.raw_data == dict_to_struct({"title": "Disk full"})


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("2024-03-01 10:00", "2024-03-01 10:00"), (1.5, "1.5"), ({"a": 1}, "{'a': 1}")],
)
def test_what_another_program_kept_for_an_instant_is_shown_as_it_is(kept: Any, shown: str) -> None:
    info = event_info(DOCUMENT | {"created_at": kept, "occurred_at": kept})
    assert (info.created_at, info.occurred_at) == (shown, shown)


@pytest.mark.parametrize("field", ["additional_info", "raw_data"])
def test_an_empty_object_is_there_and_an_absent_one_is_not(field: Any) -> None:
    assert event_info({field: {}}).HasField(field)
    for absent in ({}, {field: None}, {field: "text"}):
        assert not event_info(absent).HasField(field)


def test_an_unwound_resource_is_one() -> None:
    assert list(event_info({"resources": "db-1"}).resources) == ["db-1"]


@pytest.mark.parametrize("member", [{"a": 1}, [{"a": 1}], Code("x", {"a": 1})], ids=repr)
def test_a_member_of_a_list_is_shown_as_what_it_is(member: Any) -> None:
    assert event_info({"title": [member]}).title == str([member])

"""Events as messages: from memory the same as built."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import bson
from google.protobuf.json_format import MessageToDict

from event_service.wire.event_messages import EventMessages
from tests.wire.test_event_message import event_info

DOCUMENT: dict[str, Any] = {
    "event_id": "event-1",
    "title": "Disk full",
    "raw_data": {"title": "Disk full", "labels": ["a", {"b": 1.5}]},
    "created_at": datetime(2024, 3, 1, 1),  # noqa: DTZ001 - naive UTC is meant
}


def test_a_list_has_each_document_in_its_order() -> None:
    documents = [DOCUMENT, {}, {"event_id": "event-2", "raw_data": {}}, DOCUMENT]
    messages = EventMessages()
    for _ in range(2):
        answer = messages.page([*map(bson.encode, documents)], 30).message()
        assert list(answer.results) == [event_info(document) for document in documents]
        assert answer.total_count == 30


def test_what_is_remembered_is_not_built_again() -> None:
    messages = EventMessages()
    (first,), (again,) = (messages.one(bson.encode(DOCUMENT)).parts for _ in range(2))
    assert again is first


def test_a_text_that_is_no_utf_8_does_not_cost_the_list() -> None:
    mark = "abcd"
    document = {"title": mark, "raw_data": {"a": [mark]}, "resources": [mark]}
    raw = bson.encode(document).replace(mark.encode(), b"ab\xff\xe9")
    answer = EventMessages().page([raw, bson.encode(DOCUMENT)], 2).message()
    shown = "ab\ufffd\ufffd"
    assert answer.results[0].title == answer.results[0].resources[0] == shown
    assert MessageToDict(answer.results[0].raw_data) == {"a": [shown]}
    assert answer.results[1] == event_info(DOCUMENT)


def test_documents_that_begin_alike_are_told_apart() -> None:
    alike = [{"description": "x" * 1_000, "title": title} for title in ("one", "two", "six")]
    messages = EventMessages()
    for _ in range(2):
        answer = messages.page([*map(bson.encode, alike)], 3).message()
        assert [one.title for one in answer.results] == ["one", "two", "six"]
    remembered = messages.remembered_bytes
    assert messages.one(bson.encode(alike[0])).message().title == "one"
    assert messages.remembered_bytes == remembered


def test_an_event_is_remembered_once_and_shown_as_it_is_now() -> None:
    messages = EventMessages()
    built = messages.one(bson.encode(DOCUMENT)).message()
    remembered = messages.remembered_bytes
    assert remembered > 0
    assert messages.one(bson.encode(DOCUMENT)).message() == built == event_info(DOCUMENT)
    assert messages.remembered_bytes == remembered
    changed = DOCUMENT | {"title": "Disk is full"}
    assert messages.one(bson.encode(changed)).message().title == "Disk is full"
    assert messages.one(bson.encode(DOCUMENT)).message().title == "Disk full"


def test_what_a_caller_does_to_a_message_stays_with_the_caller() -> None:
    messages = EventMessages()
    messages.one(bson.encode(DOCUMENT)).message().title = "mine"
    messages.page([bson.encode(DOCUMENT)], 1).message().results[0].title = "mine"
    assert messages.one(bson.encode(DOCUMENT)).message().title == "Disk full"


def test_what_is_remembered_is_bounded() -> None:
    messages = EventMessages(most_bytes=20_000)
    for number in range(200):
        document = DOCUMENT | {"event_id": f"event-{number}"}
        assert messages.one(bson.encode(document)).message().event_id == f"event-{number}"
        assert messages.remembered_bytes <= 20_000
    full = messages.remembered_bytes
    assert full > 10_000
    large = DOCUMENT | {"description": "x" * 1_000}
    assert messages.one(bson.encode(large)).message().description == "x" * 1_000
    assert messages.remembered_bytes == full


def test_those_asked_for_last_are_remembered() -> None:
    messages = EventMessages(most_bytes=20_000)
    document = bson.encode(DOCUMENT)
    (first,) = messages.one(document).parts
    for number in range(200):
        other = bson.encode(DOCUMENT | {"event_id": f"event-{number}"})
        (built,), (again,) = (messages.one(other).parts for _ in range(2))
        assert again is built
        (again,) = messages.one(document).parts
        assert again is first

"""Messages as JSON: what protobuf's own mapping makes of them, in less time."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from event_service.errors import InvalidArgument
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo, EventsInfo
from event_service.stubs.spaceone.api.monitoring.v1.webhook_pb2 import (
    WebhookInfo,
    WebhookPluginInfo,
    WebhookQuery,
    WebhookRequests,
    WebhooksInfo,
)
from event_service.wire.encoded import Encoded
from event_service.wire.json_message import json_of, message_of
from event_service.wire.struct import dict_to_struct
from tests.bodies.as_written import objects

if TYPE_CHECKING:
    from google.protobuf.message import Message

OBJECTS = objects(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
)
STRUCTS = OBJECTS.map(dict_to_struct)


@pytest.mark.parametrize("emit_defaults", [False, True])
@given(data=st.data())
def test_it_is_the_mapping_of_protobuf(data: st.DataObject, *, emit_defaults: bool) -> None:
    message = data.draw(st.sampled_from(KINDS).flatmap(lambda draw: draw))
    expected = _mapped(message, emit_defaults=emit_defaults)
    assert json.loads(json_of(message, emit_defaults=emit_defaults)) == expected


@pytest.mark.parametrize("emit_defaults", [False, True])
@given(structs=st.lists(STRUCTS, max_size=3), total=st.sampled_from([0, 30]))
def test_parts_together_are_the_message(
    structs: list[Struct], total: int, *, emit_defaults: bool
) -> None:
    parts = [_events([one], 0).SerializeToString() for one in structs]
    answer = Encoded(EventsInfo, [*parts, _events([], total).SerializeToString()])
    expected = _mapped(answer.message(), emit_defaults=emit_defaults)
    assert json.loads(json_of(answer, emit_defaults=emit_defaults)) == expected


@pytest.mark.parametrize("state", ["ENABLED", "1", 1.0])
def test_a_value_of_an_enum_comes_by_its_name_or_its_number(state: object) -> None:
    assert message_of({"state": state}, WebhookQuery) == WebhookQuery(state=WebhookQuery.ENABLED)


@pytest.mark.parametrize("state", [True, False, 0.5, 1.5, 1e300, "enabled", "1.0", [], {}])
def test_what_is_no_value_of_an_enum_is_refused(state: object) -> None:
    with pytest.raises(InvalidArgument, match="state"):
        message_of({"state": state}, WebhookQuery)


def _mapped(message: Message, *, emit_defaults: bool) -> dict[str, Any]:
    return MessageToDict(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=emit_defaults,
    )


def _events(structs: list[Struct], total: int) -> EventsInfo:
    events = [
        EventInfo(title="t", resources=["a", "b"], severity="", raw_data=one, additional_info=one)
        for one in structs
    ]
    return EventsInfo(results=[*events, EventInfo()], total_count=total)


def _webhook(options: Struct, total: int) -> WebhookInfo:
    plugin = WebhookPluginInfo(
        plugin_id="p", upgrade_mode=WebhookPluginInfo.AUTO, options=options, metadata=Struct()
    )
    requests = WebhookRequests(total=total)
    return WebhookInfo(state=WebhookInfo.ENABLED, plugin_info=plugin, requests=requests)


COUNTS = st.integers(min_value=0, max_value=2**31 - 1)
KINDS: list[st.SearchStrategy[Message]] = [
    STRUCTS,
    st.builds(_events, st.lists(STRUCTS, max_size=3), COUNTS),
    st.builds(_webhook, STRUCTS, COUNTS),
    st.lists(st.builds(_webhook, STRUCTS, COUNTS), max_size=2).map(
        lambda webhooks: WebhooksInfo(results=webhooks)
    ),
    st.just(Empty()),
]


def test_an_object_deeper_than_a_request_may_be_is_shown() -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    answer = json.loads(json_of(dict_to_struct(deep)))
    assert set(answer) == {"a"}


def test_a_list_is_never_all_in_memory_as_objects() -> None:
    info = dict_to_struct({f"k{number}": [number, None, {"a": True}] for number in range(500)})
    part = _events([info], 0).SerializeToString()

    def peak(events: int) -> int:
        answer = Encoded(EventsInfo, [part] * events)
        tracemalloc.start()
        text = json_of(answer)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - 2 * len(text)  # its pieces, and all of it

    assert peak(40) < 2 * peak(1)

"""What a caller can get wrong is an error that says what, or is stored as it is: never INTERNAL."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import ListValue, Struct, Value

from event_service.parsers.seam import MOST_RESULTS
from event_service.stubs.spaceone.api.core.v2 import query_pb2
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2
from tests.service.faulty_clock import WORDS, faulty_clock
from tests.service.http.asking import asking
from tests.service.running import Answer, Running, Start, Webhook

MiB = 1024 * 1024


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    return running.webhook()


@pytest.fixture(autouse=True)
def _clean(running: Running) -> None:
    for name in ("event", "alert"):
        running.database[name].delete_many({})


def _send(running: Running, webhook: Webhook, data: Struct) -> Answer:
    request = event_pb2.CreateEventRequest(
        webhook_id=webhook.webhook_id, access_key=webhook.key, data=data
    )
    return running.client.send("create", request)


def _raw(running: Running, method: str, body: bytes) -> Answer:
    path = f"/spaceone.api.monitoring.v1.Event/{method}"
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = running.client.channel.unary_unary(path)
    try:
        call(body, metadata=running.client.metadata, timeout=60)
    except grpc.RpcError as error:
        return Answer(error.code().name, error.details() or "", {})
    return Answer("OK", "", {})


def _with_data(webhook: Webhook, *parts: bytes) -> bytes:
    head = event_pb2.CreateEventRequest(webhook_id=webhook.webhook_id, access_key=webhook.key)
    fields = (b"\x1a" + _length(part) + part for part in parts)
    return b"".join((head.SerializeToString(), *fields))


def _nothing_written(running: Running) -> bool:
    return not running.events() and not running.alerts()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_has_not_are_refused_by_name(
    running: Running, webhook: Webhook, number: float
) -> None:
    data = Struct(fields={"alerts": Value(number_value=number)})
    answer = _send(running, webhook, data)
    assert (answer.status, answer.code) == ("INVALID_ARGUMENT", "ERROR_INVALID_PARAMETER")
    assert "data.alerts" in answer.details
    assert _nothing_written(running)


@pytest.mark.parametrize(
    ("credential", "code"),
    [
        (Webhook("webhook-0123456789ab", "no key"), "ERROR_NOT_FOUND"),
        (None, "ERROR_PERMISSION_DENIED"),
    ],
    ids=["an unknown webhook", "a wrong key"],
)
def test_the_body_is_not_looked_at_before_the_key(
    running: Running, webhook: Webhook, credential: Webhook | None, code: str
) -> None:
    sender = credential or Webhook(webhook.webhook_id, "wrong")
    bad = Struct(fields={"": Value(number_value=float("nan")), "a\0": Value()})
    assert _send(running, sender, bad).code == code
    assert _raw(running, "create", _with_data(sender, b"\xff\xff")).code == code
    assert asking(running).deliver(sender, b"{no json").code == code


@pytest.mark.parametrize("levels", [10, 30, 60, 101, 5_000])
def test_nesting_is_stored_or_refused(running: Running, levels: int) -> None:
    webhook = running.webhook(f"nested {levels} levels")
    # Built as bytes from the inside out: the library of the client would refuse to.
    body = b"\x1a\x01x"
    for _ in range(levels):
        entry = b"\x0a\x01a\x12" + _length(body) + body
        struct = b"\x0a" + _length(entry) + entry
        body = b"\x2a" + _length(struct) + struct
    entry = b"\x0a\x01a\x12" + _length(body) + body
    data = b"\x0a" + _length(entry) + entry
    answer = _raw(running, "create", _with_data(webhook, data))
    if answer.status == "OK":
        assert len(running.events()) == 1
        assert running.client.call("list", {}).status == "OK"
    else:
        assert levels > 30
        assert (answer.status, answer.code) == ("INVALID_ARGUMENT", "ERROR_INVALID_PARAMETER")
        assert _nothing_written(running)


def _length(data: bytes) -> bytes:
    size, out = len(data), bytearray()
    while size > 0x7F:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)
    return bytes(out)


def test_keys_that_mean_something_to_a_database_are_kept(
    running: Running, webhook: Webhook
) -> None:
    odd: dict[str, Any] = {
        "a.b": 1.0, "$where": "x", "": "empty", "$ref": "c", "$id": "i", "\\$x": 1.0,
        "inner": {"$ref": 5.0, "$id": 1.0, "$gt": ""},
    }  # fmt: skip
    body = {"event_key": "k", "title": "odd keys", "additional_info": odd, "odd": odd}
    assert running.client.create(webhook, body).status == "OK"
    (event,) = running.client.call("list", {}).body["results"]
    assert event["raw_data"] == body
    assert event["additional_info"] == odd


def test_nul_bytes(running: Running, webhook: Webhook) -> None:
    body = {"event_key": "k\0ey", "title": "nul \0 byte", "x": "\0"}
    assert running.client.create(webhook, body).status == "OK"
    (event,) = running.client.call("list", {}).body["results"]
    assert event["raw_data"] == body
    refused = running.client.create(webhook, {"title": "t", "in a\0key": 1})
    assert (refused.status, refused.code) == ("INVALID_ARGUMENT", "ERROR_INVALID_PARAMETER")
    assert len(running.events()) == 1


def test_lone_surrogates_are_no_utf_8(running: Running, webhook: Webhook) -> None:
    request = event_pb2.CreateEventRequest(
        webhook_id=webhook.webhook_id,
        access_key=webhook.key,
        data=Struct(fields={"title": Value(string_value="abcdef")}),
    )
    body = request.SerializeToString().replace(b"abcdef", b"\xed\xa0\x80\xed\xb0\x80")
    answer = _raw(running, "create", body)
    assert (answer.status, answer.code) == ("INVALID_ARGUMENT", "ERROR_INVALID_PARAMETER")


def test_data_that_is_no_struct_is_refused_by_name(running: Running, webhook: Webhook) -> None:
    answer = _raw(running, "create", _with_data(webhook, b"\xff\xff"))
    assert (answer.status, answer.code) == ("INVALID_ARGUMENT", "ERROR_INVALID_PARAMETER")
    assert "key = data" in answer.details
    assert _nothing_written(running)


def test_data_in_parts_is_one_object(running: Running, webhook: Webhook) -> None:
    """As protobuf has it for a message that comes more than once."""
    parts: list[dict[str, str]] = [{"title": "old", "event_key": "k"}, {"title": "new"}, {}]
    structs = [ParseDict(part, Struct()).SerializeToString() for part in parts]
    assert _raw(running, "create", _with_data(webhook, *structs)).status == "OK"
    (event,) = running.client.call("list", {}).body["results"]
    assert event["raw_data"] == {"title": "new", "event_key": "k"}


@pytest.mark.parametrize("method", ["create", "get", "list", "stat"])
def test_bytes_that_are_no_message(running: Running, method: str) -> None:
    answer = _raw(running, method, b"\xff\xff\xff\xff not protobuf")
    assert (answer.status, answer.code) == ("INVALID_ARGUMENT", "ERROR_INVALID_PARAMETER")


@pytest.mark.parametrize("size", [4 * MiB + 1, 8 * MiB, 64 * MiB])
def test_a_body_over_the_limit(running: Running, webhook: Webhook, size: int) -> None:
    answer = running.client.create(webhook, {"title": "t", "x": "x" * size})
    assert answer.status == "RESOURCE_EXHAUSTED"
    if size < 16 * MiB:
        assert answer.code == "ERROR_QUOTA_EXCEEDED"
        assert str(4 * MiB) in answer.details
    assert _nothing_written(running)


def test_a_body_just_below_the_limit(running: Running, webhook: Webhook) -> None:
    size = 4 * MiB - 1024
    assert running.client.create(webhook, {"title": "t", "x": "x" * size}).status == "OK"
    (event,) = running.client.call("list", {}).body["results"]
    assert len(event["raw_data"]["x"]) == size


def test_more_events_in_a_body_than_are_taken(running: Running, webhook: Webhook) -> None:
    results = [{"event_key": f"k{n}", "title": "t"} for n in range(MOST_RESULTS + 1)]
    answer = running.client.create(webhook, {"results": results})
    assert (answer.status, answer.code) == ("RESOURCE_EXHAUSTED", "ERROR_QUOTA_EXCEEDED")
    assert _nothing_written(running)


def test_an_answer_over_the_limit(start: Start) -> None:
    running = start(max_response_bytes=MiB)
    webhook = running.webhook()
    for number in range(4):
        running.client.create(webhook, {"title": f"t{number}", "x": "x" * (MiB // 2)})
    answer = running.client.call("list", {})
    assert (answer.status, answer.code) == ("RESOURCE_EXHAUSTED", "ERROR_QUOTA_EXCEEDED")
    assert str(MiB) in answer.details
    assert running.client.call("list", {"query": {"page": {"limit": 1}}}).status == "OK"
    assert running.client.call("list", {"query": {"minimal": True}}).status == "OK"


def test_ten_thousand_filters(running: Running) -> None:
    query = {"filter": [{"k": "title", "v": "x", "o": "eq"}] * 10_000}
    answer = running.client.call("list", {"query": query})
    assert answer.status == "INVALID_ARGUMENT"
    assert "filter" in answer.details


@pytest.mark.parametrize("operator", ["regex", "contain", "eq"])
def test_a_pattern_of_a_megabyte(running: Running, operator: str) -> None:
    query = {"filter": [{"k": "title", "v": "(a|b)*" * (MiB // 6), "o": operator}]}
    answer = running.client.call("list", {"query": query})
    assert answer.status == ("OK" if operator == "eq" else "INVALID_ARGUMENT"), answer.details


def test_a_pattern_that_only_the_database_dislikes(running: Running) -> None:
    query = {"filter": [{"k": "title", "v": "(?P<a>x)(?(a)y|z)(?<=q)", "o": "regex"}]}
    assert running.client.call("list", {"query": query}).status in ("OK", "INVALID_ARGUMENT")


@pytest.mark.parametrize("key", ["title__ne", "$where", "title.$ne", "", "a\0b", "raw_data.$gt"])
def test_a_key_is_a_name_and_never_an_operator(running: Running, key: str) -> None:
    query = {"filter": [{"k": key, "v": "x", "o": "eq"}]}
    answer = running.client.call("list", {"query": query})
    assert answer.status in ("INVALID_ARGUMENT", "OK")
    assert answer.body == {}


def test_a_value_is_never_an_operator(running: Running, webhook: Webhook) -> None:
    running.client.create(webhook, {"title": "t", "additional_info": {"a": "b"}})
    for operator in ("eq", "not", "in", "match"):
        value: Any = {"$ne": "x"} if operator != "in" else [{"$ne": "x"}]
        query = {"filter": [{"k": "additional_info.a", "v": value, "o": operator}]}
        answer = running.client.call("list", {"query": query})
        assert answer.body.get("results", []) == []


@pytest.mark.parametrize("length", [1_000, 20_000, MiB // 2])
@pytest.mark.parametrize("letter", ["x", "é", "\U0001f600"])
def test_an_error_goes_over_the_wire_however_much_it_repeats(
    running: Running, length: int, letter: str
) -> None:
    for method, params in (
        ("get", {"event_id": letter * length}),
        ("create", {"webhook_id": letter * length, "access_key": "key", "data": {}}),
    ):
        answer = running.client.call(method, params)
        assert (answer.status, answer.code) == ("NOT_FOUND", "ERROR_NOT_FOUND")
        assert letter * 64 in answer.details


def test_a_body_of_a_million_members_is_refused(running: Running, webhook: Webhook) -> None:
    data = Struct(fields={"a": Value(list_value=ListValue(values=[Value()] * MiB))})
    answer = _send(running, webhook, data)
    assert (answer.status, answer.code) == ("RESOURCE_EXHAUSTED", "ERROR_QUOTA_EXCEEDED")
    assert _nothing_written(running)


def test_lookups_are_refused(running: Running) -> None:
    request = event_pb2.EventQuery(query=query_pb2.Query())
    request.query.lookup.values.add(string_value="webhook")
    assert running.client.send("list", request).status == "INVALID_ARGUMENT"


def test_an_unforeseen_fault_carries_an_id_and_nothing_else(start: Start) -> None:
    running = start(clock=faulty_clock)
    answer = running.client.create(running.webhook(), {"title": "x"})
    assert (answer.status, answer.code) == ("INTERNAL", "ERROR_UNKNOWN")
    assert WORDS not in answer.details
    assert "fault_id = " in answer.details

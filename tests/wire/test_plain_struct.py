"""A Struct is read as protobuf's JSON says it, and shown as the sender sent it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest
from bson import Int64, ObjectId
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import ListValue, Struct, Value
from hypothesis import given
from hypothesis import strategies as st

from event_service.errors import InvalidParameter
from event_service.stored_keys import to_stored
from event_service.wire.plain_struct import StructReader, fill_struct
from event_service.wire.struct import DEFAULT_LIMITS, struct_to_dict
from tests.bodies.as_written import objects

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["$ref", "\\$ref", "a$b", "", "_id"]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SENT = objects(KEYS, st.none() | st.booleans() | FINITE | TEXTS)


def plainly(struct: Struct) -> dict[str, Any]:
    return StructReader("data", DEFAULT_LIMITS.depth, DEFAULT_LIMITS.members).read(struct)


def filled(document: dict[str, Any]) -> Struct:
    struct = Struct()
    fill_struct(struct, document)
    return struct


def outcome(read: Callable[[Struct], Any], struct: Struct) -> Any:
    try:
        return read(struct)
    except InvalidParameter as refused:
        return refused.message


@given(SENT)
def test_what_is_shown_is_what_was_sent(plain: dict[str, Any]) -> None:
    struct = filled(to_stored(plain))
    assert MessageToDict(struct) == plain


@given(objects(KEYS, st.none() | st.booleans() | st.floats() | TEXTS))
def test_either_way_it_is_read_as_it_is_or_refused(plain: dict[str, Any]) -> None:
    struct = Struct()
    for key, value in plain.items():
        struct[key] = value
    read = outcome(plainly, struct)
    assert outcome(struct_to_dict, struct) == read
    assert isinstance(read, str) or read == plain == MessageToDict(struct)


@given(st.binary(max_size=80))
def test_whatever_protobuf_takes_is_read_either_way(encoded: bytes) -> None:
    try:
        struct = Struct.FromString(encoded)
    except DecodeError:
        return
    read = outcome(plainly, struct)
    assert outcome(struct_to_dict, struct) == read
    assert isinstance(read, str) or read == MessageToDict(struct)


@given(
    st.dictionaries(
        KEYS,
        st.binary(max_size=4)
        | st.datetimes()
        | st.floats()
        | st.integers(min_value=-(2**63), max_value=2**63 - 1).map(Int64)
        | st.binary(min_size=12, max_size=12).map(ObjectId),
        max_size=4,
    )
)
def test_what_a_database_holds_is_shown_as_json(document: dict[str, Any]) -> None:
    shown = MessageToDict(filled(document))
    assert all(isfinite(value) for value in shown.values() if isinstance(value, float))


def _field(number: int, kind: int, content: bytes) -> bytes:
    tag = number << 3 | kind
    return bytes((tag & 0x7F | 0x80, tag >> 7)) + content


@pytest.mark.parametrize(
    "unknown",
    [
        _field(100, 0, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        _field(100, 1, b"12345678"),
        _field(100, 2, b"\x03abc"),
        _field(100, 5, b"1234"),
        _field(100, 3, _field(7, 0, b"\x01") + _field(100, 4, b"")),
    ],
)
def test_passes_over_fields_of_a_later_protobuf(unknown: bytes) -> None:
    struct = Struct()
    struct["b"] = [1.0, None]
    inner = Struct.FromString(unknown + struct.SerializeToString() + unknown)
    value = Value.FromString(unknown + b"\x1a\x01x" + unknown)
    values = ListValue.FromString(unknown + ListValue(values=[value]).SerializeToString())
    outer = Struct(fields={"a": Value(struct_value=inner), "l": Value(list_value=values)})
    assert unknown in outer.SerializeToString()
    assert struct_to_dict(outer) == {"a": {"b": [1.0, None]}, "l": ["x"]}


def test_null_is_said_and_not_left_open() -> None:
    struct = Struct()
    fill_struct(struct, {"a": None})
    assert struct.fields["a"].WhichOneof("kind") == "null_value"

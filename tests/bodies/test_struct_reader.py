"""What protobuf writes is read as protobuf's own objects say it, compiled and as written."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value
from hypothesis import given
from hypothesis import strategies as st

from event_service.bodies import struct_reader
from event_service.errors import InvalidParameter
from tests.bodies.as_written import as_written, in_both_forms, objects

if TYPE_CHECKING:
    from types import ModuleType

WRITTEN = as_written("struct_reader")
both_forms = in_both_forms("struct_reader")
KEYS = st.text(max_size=12)
OBJECTS = objects(KEYS, st.none() | st.booleans() | st.floats() | st.text())


def outcome(module: ModuleType, encoded: bytes, room: int) -> Any:
    try:
        return module.read_object(encoded, (None, "data"), room)
    except InvalidParameter as refused:
        return refused.message


def struct_of(plain: dict[str, Any]) -> Struct:
    struct = Struct()
    for key, value in plain.items():
        _fill(struct.fields[key], value)
    struct.SetInParent()
    return struct


def _fill(value: Value, plain: Any) -> None:
    if isinstance(plain, bool):
        value.bool_value = plain
    elif isinstance(plain, float):
        value.number_value = plain
    elif isinstance(plain, str):
        value.string_value = plain
    elif isinstance(plain, list):
        value.list_value.SetInParent()
        for member in plain:
            _fill(value.list_value.values.add(), member)
    elif isinstance(plain, dict):
        value.struct_value.CopyFrom(struct_of(plain))
    else:
        value.null_value = NULL_VALUE


def fits(plain: Any) -> bool:
    if isinstance(plain, dict):
        return all("\0" not in key and fits(value) for key, value in plain.items())
    if isinstance(plain, list):
        return all(map(fits, plain))
    return not isinstance(plain, float) or isfinite(plain)


@given(OBJECTS)
def test_reads_what_was_written(plain: dict[str, Any]) -> None:
    struct = struct_of(plain)
    read = outcome(struct_reader, struct.SerializeToString(), 100)
    if fits(plain):
        assert read == plain
        assert read == MessageToDict(struct)
    else:
        assert isinstance(read, str)
    assert read == outcome(WRITTEN, struct.SerializeToString(), 100)


@given(OBJECTS, st.integers(min_value=0, max_value=4))
def test_compiled_or_not_it_refuses_the_same(plain: dict[str, Any], room: int) -> None:
    encoded = struct_of(plain).SerializeToString()
    assert outcome(struct_reader, encoded, room) == outcome(WRITTEN, encoded, room)


@given(st.binary(max_size=80))
def test_whatever_protobuf_takes_is_read(encoded: bytes) -> None:
    try:
        struct = Struct.FromString(encoded)
    except DecodeError:
        return
    canonical = struct.SerializeToString()
    read = outcome(struct_reader, canonical, 100)
    assert repr(read) == repr(outcome(WRITTEN, canonical, 100))
    assert isinstance(read, str) or read == MessageToDict(struct)


def _field(number: int, kind: int, content: bytes) -> bytes:
    tag = number << 3 | kind
    return bytes((tag & 0x7F | 0x80, tag >> 7)) + content


def _group(number: int, content: bytes) -> bytes:
    return _field(number, 3, content) + _field(number, 4, b"")


UNKNOWN = (
    _field(100, 0, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    _field(100, 1, b"12345678"),
    _field(100, 2, b"\x03abc"),
    _field(100, 5, b"1234"),
    _field(
        100, 3, _field(101, 3, _field(7, 0, b"\x01") + _field(101, 4, b"")) + _field(100, 4, b"")
    ),
)


@both_forms
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_passes_over_fields_of_a_later_protobuf(module: ModuleType, unknown: bytes) -> None:
    inner = Struct.FromString(unknown + struct_of({"b": [1.0, None]}).SerializeToString() + unknown)
    outer = Struct()
    outer.fields["a"].struct_value.CopyFrom(inner)
    encoded = outer.SerializeToString()
    assert unknown in encoded
    assert outcome(module, encoded, 100) == {"a": {"b": [1.0, None]}}
    values = ListValue.FromString(
        unknown
        + ListValue(values=[Value.FromString(unknown + b"\x1a\x01x" + unknown)]).SerializeToString()
    )
    outer.fields["a"].list_value.CopyFrom(values)
    assert outcome(module, outer.SerializeToString(), 100) == {"a": ["x"]}


@both_forms
def test_members_in_parts_are_one(module: ModuleType) -> None:
    first = Struct(fields={"a": Value(struct_value=struct_of({"x": 1.0}))}).SerializeToString()
    second = Struct(fields={"a": Value(string_value="last")}).SerializeToString()
    assert outcome(module, Struct.FromString(first + second).SerializeToString(), 9) == {
        "a": "last"
    }


@both_forms
def test_long_texts_and_many_members(module: ModuleType) -> None:
    plain = {"long": "é" * 100_000, "many": [float(number) for number in range(5_000)]}
    assert outcome(module, ParseDict(plain, Struct()).SerializeToString(), 2) == plain

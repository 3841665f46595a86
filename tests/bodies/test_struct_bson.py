"""A Struct as the database's document, without reading it: compiled and as written."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import bson
import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from event_service.bodies import struct_bson
from event_service.stored_keys import to_stored
from event_service.wire.plain_struct import StructReader
from tests.bodies.as_written import as_written, in_both_forms, objects

if TYPE_CHECKING:
    from types import ModuleType

WRITTEN = as_written("struct_bson")
both_forms = in_both_forms("struct_bson")

DEPTH, MEMBERS = 100, 1_000
ODD = ["$", "a.$b", ".", "", "_id", "A", " a "]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 600.0])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
OBJECTS = objects(TEXTS | st.sampled_from(ODD), SCALARS | st.sampled_from(ODD))
PLAIN_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$\0"))
PLAIN = objects(PLAIN_TEXTS, st.none() | st.booleans() | NUMBERS | PLAIN_TEXTS)


def encoded(data: dict[str, Any]) -> bytes:
    """The bytes of a Struct as they are handed on; by the fields, since JSON knows no NaN."""
    made = Struct()
    for key, value in data.items():
        made[key] = value
    return made.SerializeToString(deterministic=True)


def as_json(read: dict[str, Any]) -> str:
    """Tells zeros of both signs apart, and not in which order the members stand."""
    return json.dumps(read, sort_keys=True)


def plainly_read(sent: bytes) -> dict[str, Any]:
    return StructReader("data", DEPTH, MEMBERS).read(Struct.FromString(sent))


@given(OBJECTS)
def test_it_is_what_reading_would_give(data: dict[str, Any]) -> None:
    sent = encoded(data)
    stored = struct_bson.stored_struct(sent, DEPTH, MEMBERS)
    assert WRITTEN.stored_struct(sent, DEPTH, MEMBERS) == stored
    if stored is not None:
        assert as_json(bson.decode(stored)) == as_json(to_stored(plainly_read(sent)))


@given(PLAIN)
def test_an_object_that_needs_no_change_is_always_written(data: dict[str, Any]) -> None:
    assert struct_bson.stored_struct(encoded(data), DEPTH, MEMBERS) is not None


@both_forms
@pytest.mark.parametrize(
    "data",
    [
        {"": None},
        {"description": "ends with a line\n", " title": " x "},
        {"a": {"b": "가 나", "c": [True, {"d": ""}]}, "costs": "$5"},
        {"a": [float(number) for number in range(1_001)]},
        {"a.b": {"A": -0.0, "_id": "x", "\\": 1e300}},
        {"_id": "x", "a": None},
        {"a": {"host": None, "hostname": None, "": None}},
    ],
    ids=["empty key", "spaces", "deep", "long list", "odd keys", "_id at first", "begin alike"],
)
def test_takes_what_can_stay(module: ModuleType, data: dict[str, Any]) -> None:
    stored = module.stored_struct(encoded(data), DEPTH, 2_000)
    assert stored is not None
    assert bson.decode(stored) == data


@both_forms
@pytest.mark.parametrize(
    "data",
    [
        {"A": 1.0, "_id": "x"},
        {"a": float("nan")},
        {"a": float("inf")},
        {"$a": "x"},
        {"a": [{"\\$a": "x"}]},
        {"a\0": "x"},
    ],
    ids=repr,
)
def test_leaves_what_must_be_changed_or_refused(module: ModuleType, data: dict[str, Any]) -> None:
    assert module.stored_struct(encoded(data), DEPTH, MEMBERS) is None


@both_forms
def test_leaves_what_is_over_the_limits(module: ModuleType) -> None:
    sent = encoded({"a": {"b": [1.0, 2.0]}})
    assert module.stored_struct(sent, 3, 4) is not None
    assert module.stored_struct(sent, 2, 4) is None
    assert module.stored_struct(sent, 3, 3) is None


@both_forms
@pytest.mark.parametrize(
    "value",
    [
        b"",  # a Value without a kind
        bytes((0x08, 0x00, 0x98, 0x06, 0x01)),  # null, and a field 99
        bytes((0x98, 0x06, 0x01)),
        b"\x11" + struct.pack("<d", 1.0) + bytes((0x20, 0x01)),  # two kinds
    ],
    ids=["no kind", "unknown field", "unknown field alone", "two kinds"],
)
def test_leaves_values_that_are_not_as_protobuf_writes_json(
    module: ModuleType, value: bytes
) -> None:
    entry = b"\x0a\x01a\x12" + bytes((len(value),)) + value
    assert module.stored_struct(b"\x0a" + bytes((len(entry),)) + entry, DEPTH, MEMBERS) is None


@both_forms
@pytest.mark.parametrize("entry", [b"", b"\x0a\x01a", b"\x12\x02\x08\x00"])
def test_leaves_members_that_lack_something(module: ModuleType, entry: bytes) -> None:
    sent = b"\x0a" + bytes((len(entry),)) + entry
    assert module.stored_struct(sent, DEPTH, MEMBERS) is None


def test_nothing_and_null_are_written_alike() -> None:
    sent = ParseDict({"a": None, "b": {}, "c": []}, Struct()).SerializeToString(deterministic=True)
    stored = struct_bson.stored_struct(sent, DEPTH, MEMBERS)
    assert stored == bson.encode({"a": None, "b": {}, "c": []})

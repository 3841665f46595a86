"""A document as a Struct, without making Python's objects of it: compiled and as written."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import TYPE_CHECKING, Any

import bson
import pytest
from bson import Int64, ObjectId
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from event_service.bodies import bson_struct
from event_service.document_decoding import decoded
from event_service.stored_keys import to_stored
from event_service.wire.struct import dict_to_struct
from tests.bodies.as_written import as_written, in_both_forms, objects

if TYPE_CHECKING:
    from types import ModuleType

WRITTEN = as_written("bson_struct")
both_forms = in_both_forms("bson_struct")

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = TEXTS.map(lambda key: key.replace("\0", "")) | st.sampled_from(["$ref", "\\$ref", "a$b", ""])
INTEGERS = st.integers(-(2**63), 2**63 - 1)
# As senders' objects are stored, and what Cloudforet and others store beside it.
SCALARS = st.none() | st.booleans() | st.floats() | INTEGERS | INTEGERS.map(Int64) | TEXTS
FOREIGN = st.binary(max_size=4) | st.datetimes() | st.just(ObjectId("0" * 24))
PLAIN = objects(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0$"), max_size=8),
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
)


@given(objects(KEYS, SCALARS | FOREIGN))
def test_it_is_what_decoding_and_writing_would_give(document: dict[str, Any]) -> None:
    raw = bson.encode(document)
    struct = bson_struct.struct_of(raw)
    assert WRITTEN.struct_of(raw) == struct
    if struct is not None:
        assert Struct.FromString(struct) == dict_to_struct(decoded(raw))


@given(PLAIN)
def test_a_senders_object_is_always_written(data: dict[str, Any]) -> None:
    struct = bson_struct.struct_of(bson.encode(data))
    assert struct is not None
    assert Struct.FromString(struct) == dict_to_struct(data)


@both_forms
@pytest.mark.parametrize("length", [0, 1, 100, 123, 124, 125, 126, 127, 128, 129, 16_383, 16_384])
def test_sizes_of_one_byte_and_of_more(module: ModuleType, length: int) -> None:
    data = {"k" * length: "v" * length, "l": ["é" * length, ["x" * length]], "o": {"": "y"}}
    assert Struct.FromString(module.struct_of(bson.encode(data))) == dict_to_struct(data)


@both_forms
@pytest.mark.parametrize("number", [0, -1, 2**31 - 1, -(2**31), 2**53 + 1, -(2**63), 1e300, -0.0])
def test_every_number_is_a_double(module: ModuleType, number: float) -> None:
    data = {"a": number, "b": [number]}
    assert Struct.FromString(module.struct_of(bson.encode(data))) == dict_to_struct(data)


@both_forms
@pytest.mark.parametrize(
    "document",
    [
        {"a": float("nan")},
        {"a": [float("inf")]},
        {"a": {"b": datetime(2024, 3, 1)}},  # noqa: DTZ001 - naive UTC is meant
        {"a": ObjectId("0" * 24)},
        to_stored({"a": [{"$ref": "x"}]}),
    ],
    ids=repr,
)
def test_leaves_what_json_lacks(module: ModuleType, document: dict[str, Any]) -> None:
    assert module.struct_of(bson.encode(document)) is None


@both_forms
@pytest.mark.parametrize("document", [{"a": "abcd"}, {"abcd": None}, {"a": ["abcd"]}])
def test_leaves_texts_that_are_no_utf_8(module: ModuleType, document: dict[str, Any]) -> None:
    raw = bson.encode(document).replace(b"abcd", b"ab\xff\xe9")
    assert module.struct_of(raw) is None


@both_forms
@pytest.mark.parametrize("size", [*range(-40, 0), 0, 1, 4, 6, 7, 100, 2**31 - 1])
@pytest.mark.parametrize("inner", [{}, [], "abcd", {"b": None}])
def test_leaves_what_says_a_wrong_size(module: ModuleType, size: int, inner: Any) -> None:
    raw = bson.encode({"a": inner, "c": None})
    at = raw.index(b"a\0") + 2
    wrong = raw[:at] + struct.pack("<i", size) + raw[at + 4 :]
    assert module.struct_of(wrong) is None


@given(st.binary(max_size=3), st.integers(min_value=4), PLAIN)
def test_what_no_library_wrote_ends(change: bytes, place: int, data: dict[str, Any]) -> None:
    raw = bson.encode({"a": data})
    at = 4 + place % (len(raw) - 4)
    changed = raw[:at] + change + raw[at + len(change) :]
    assert bson_struct.struct_of(changed) == WRITTEN.struct_of(changed)


@both_forms
def test_leaves_what_is_no_boolean(module: ModuleType) -> None:
    raw = bson.encode({"a": True})
    assert module.struct_of(raw) is not None
    assert module.struct_of(raw[:-2] + b"\x80\0") is None


@both_forms
@pytest.mark.parametrize("innermost", [{"a": None}, [None]], ids=["objects", "lists"])
def test_leaves_what_is_nested_too_deep_to_be_read(module: ModuleType, innermost: Any) -> None:
    written = []
    for levels in range(60):
        deep = innermost
        for _ in range(levels):
            deep = {"a": deep} if isinstance(innermost, dict) else [deep]
        struct = module.struct_of(bson.encode({"x": deep}))
        written.append(struct is not None)
        if struct is not None:
            assert Struct.FromString(struct) == dict_to_struct({"x": deep})
    assert written.index(False) == sum(written) > 25

"""What is written is what protobuf's own objects would have been, compiled and as written."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest
from bson import Int64, ObjectId
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from event_service.bodies import struct_writer
from event_service.stored_keys import to_stored
from tests.bodies.as_written import as_written, in_both_forms, objects

if TYPE_CHECKING:
    from types import ModuleType

WRITTEN = as_written("struct_writer")
both_forms = in_both_forms("struct_writer")
KEYS = st.text(max_size=12) | st.sampled_from(["$ref", "\\$ref", "a$b", ""])
OBJECTS = objects(
    KEYS,
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
)


@given(OBJECTS)
def test_writes_what_the_sender_sent(plain: dict[str, Any]) -> None:
    encoded = struct_writer.write_object(to_stored(plain))
    assert MessageToDict(Struct.FromString(encoded)) == plain
    assert encoded == WRITTEN.write_object(to_stored(plain))


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
def test_compiled_or_not_it_writes_the_same_of_a_database(document: dict[str, Any]) -> None:
    written = struct_writer.write_object(document)
    assert written == WRITTEN.write_object(document)
    read = MessageToDict(Struct.FromString(written))
    assert all(isfinite(value) for value in read.values() if isinstance(value, float))


@both_forms
@pytest.mark.parametrize("length", [0, 1, 100, 123, 124, 125, 126, 127, 128, 129, 16_383, 16_384])
def test_sizes_of_one_byte_and_of_more(module: ModuleType, length: int) -> None:
    plain = {"k" * length: "v" * length, "l": ["é" * length, ["x" * length]], "o": {"": "y"}}
    encoded = module.write_object(plain)
    assert Struct.FromString(encoded) == ParseDict(plain, Struct())


@both_forms
@pytest.mark.parametrize(("deep", "levels"), [({"a": None}, 200), ([None], 200)])
def test_what_is_too_deep_is_text(module: ModuleType, deep: Any, levels: int) -> None:
    for _ in range(levels):
        deep = {"a": deep} if isinstance(deep, dict) else [deep]
    encoded = module.write_object({"x": deep})
    assert encoded == WRITTEN.write_object({"x": deep})
    assert Struct.FromString(encoded).fields["x"].WhichOneof("kind") in {
        "struct_value",
        "list_value",
    }

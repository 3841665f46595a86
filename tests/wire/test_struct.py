"""What a Struct may hold, and what becomes of values that only a database holds."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from bson import SON, Code, DBRef, Decimal128, Int64, MaxKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import ListValue, Struct, Value

from event_service.errors import InvalidParameter, TooLarge
from event_service.wire.json_body import json_object
from event_service.wire.struct import (
    StructLimits,
    dict_to_struct,
    struct_to_dict,
)


def as_struct(plain: dict[str, Any]) -> Struct:
    return dict_to_struct(plain)


def with_number(number: float) -> Struct:
    struct = as_struct({"alerts": [1, 2, 3, {"x": 0}]})
    alerts = struct.fields["alerts"].list_value.values
    alerts[3].struct_value.fields["x"].number_value = number
    return struct


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_refuses_numbers_that_json_lacks_and_says_where(number: float) -> None:
    with pytest.raises(InvalidParameter, match=re.escape("key = data.alerts[3].x,")):
        struct_to_dict(with_number(number))


def test_refuses_a_key_with_nul_and_says_where() -> None:
    struct = as_struct({"a": {}})
    struct.fields["a"].struct_value.fields["b\0c"].bool_value = True
    with pytest.raises(InvalidParameter, match=re.escape(r'key = data.a["b\u0000c"],')):
        struct_to_dict(struct)


def objects(levels: int) -> Struct:
    struct = Struct()
    inner = struct
    for _ in range(levels - 1):
        inner.fields["a"].struct_value.SetInParent()
        inner = inner.fields["a"].struct_value
    return struct


def lists(levels: int) -> Struct:
    struct = Struct()
    inner = struct.fields["a"]
    for _ in range(levels - 1):
        inner.list_value.SetInParent()
        inner = inner.list_value.values.add()
    inner.bool_value = True
    return struct


@pytest.mark.parametrize("shape", [objects, lists])
def test_nesting_ends_at_the_limit(shape: Any) -> None:
    assert _levels(struct_to_dict(shape(100))) == 100
    with pytest.raises(InvalidParameter, match="nested too deep"):
        struct_to_dict(shape(101))
    with pytest.raises(InvalidParameter, match="nested too deep"):
        struct_to_dict(shape(4), StructLimits(depth=3))


def _levels(plain: Any) -> int:
    if isinstance(plain, dict):
        return 1 + max(map(_levels, plain.values()), default=0)
    if isinstance(plain, list):
        return 1 + max(map(_levels, plain), default=0)
    return 0


@pytest.mark.parametrize(("shape", "readable"), [(objects, 32), (lists, 47)])
def test_what_goes_out_can_be_parsed_however_deep_it_is(shape: Any, readable: int) -> None:
    deep = shape(readable)
    assert dict_to_struct(struct_to_dict(deep)) == deep
    for levels in range(readable + 1, 101):
        plain = struct_to_dict(shape(levels))
        answer = ListValue()
        answer.values.add().struct_value.CopyFrom(dict_to_struct(plain))
        read = Struct.FromString(dict_to_struct(plain).SerializeToString())
        assert ListValue.FromString(answer.SerializeToString()) == answer
        innermost: Any = struct_to_dict(read)
        while not isinstance(innermost, str):
            innermost = innermost["a"] if isinstance(innermost, dict) else innermost[0]
        assert _levels(json.loads(innermost)) == levels - _levels(struct_to_dict(read))


def test_what_is_too_deep_for_parsers_is_json_whatever_a_database_holds() -> None:
    stored: Any = {"n": [float("nan"), float("-inf"), {"\\$a": Decimal128("1.10")}], "i": 2**53}
    for _ in range(40):
        stored = {"a": stored}
    shown: Any = struct_to_dict(dict_to_struct(stored))
    while not isinstance(shown, str):
        shown = shown["a"]
    innermost = json.loads(shown, parse_constant=pytest.fail)
    while "a" in innermost:
        innermost = innermost["a"]
    assert innermost == {"n": ["NaN", "-Infinity", {"$a": "1.10"}], "i": 2**53}


def test_the_path_in_an_error_stays_short() -> None:
    struct = Struct()
    inner = struct
    for _ in range(100):
        inner = inner.fields["k" * 10_000].struct_value
    inner.fields["x"].number_value = float("nan")
    with pytest.raises(InvalidParameter) as refused:
        struct_to_dict(struct, name="options")
    assert refused.value.key.startswith("options[")
    assert len(refused.value.message) < 400


def test_a_value_without_a_kind_is_null() -> None:
    struct = Struct()
    struct.fields["a"].SetInParent()
    assert struct_to_dict(struct) == {"a": None}


def test_numbers_stay_doubles_and_booleans_booleans() -> None:
    read = struct_to_dict(as_struct({"n": 600, "zero": -0.0, "yes": True}))
    assert {key: repr(value) for key, value in read.items()} == {
        "n": "600.0",
        "zero": "-0.0",
        "yes": "True",
    }


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (datetime(2024, 3, 1, 1, tzinfo=UTC), "2024-03-01T01:00:00.000Z"),
        (datetime(2024, 3, 1, 1), "2024-03-01T01:00:00.000Z"),  # noqa: DTZ001 - as pymongo reads
        (Int64(2**53), float(2**53)),
        (ObjectId("0123456789abcdef01234567"), "0123456789abcdef01234567"),
        (Decimal128("1.10"), "1.10"),
        (b"\x00\xff", "AP8="),
        (Binary(b"\x00\xff", 5), "AP8="),
        (UUID("00000000-0000-0000-0000-000000000001"), "00000000-0000-0000-0000-000000000001"),
        (Timestamp(0, 1), "1970-01-01T00:00:00.000Z"),
        (Regex("^a", "i"), "^a"),
        (Code("x()"), "x()"),
        (MaxKey(), "MaxKey()"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (SON([("b", Int64(1))]), {"b": 1.0}),
        (("a", ObjectId("0123456789abcdef01234567")), ["a", "0123456789abcdef01234567"]),
        (
            DBRef("c", ObjectId("0123456789abcdef01234567"), "d", x=1),
            {"$ref": "c", "$id": "0123456789abcdef01234567", "$db": "d", "x": 1.0},
        ),
    ],
)
def test_what_only_a_database_holds_is_shown_as_json(stored: Any, shown: Any) -> None:
    struct = dict_to_struct({"x": stored, "l": [stored]})
    assert json.loads(json.dumps(MessageToDict(struct))) == {"x": shown, "l": [shown]}


@pytest.mark.parametrize("member", [None, [], {}, 1.0])
def test_a_body_has_so_many_members_and_no_more(member: Any) -> None:
    limits = StructLimits(members=1_000)
    most = {"lists": [[member] * 99] * 9, "more": [member] * 98}
    assert struct_to_dict(as_struct(most), limits) == most
    assert json_object(json.dumps(most).encode(), limits) == most
    most["more"].append(member)
    over = {**most, "text": "long enough that they are counted" * 100}
    with pytest.raises(TooLarge, match=r"members of data, limit = 1000,"):
        struct_to_dict(as_struct(over), limits)
    with pytest.raises(TooLarge, match=r"members of request, limit = 1000,"):
        json_object(json.dumps(over).encode(), limits, name="request")


def test_a_body_of_the_smallest_members_is_counted_too() -> None:
    nothing = Struct(fields={"a": Value(list_value=ListValue(values=[Value()] * 200_000))})
    with pytest.raises(TooLarge, match="limit = 200000,"):
        struct_to_dict(nothing)
    with pytest.raises(TooLarge, match="limit = 200000,"):
        json_object(json.dumps({"a": [0] * 200_000}, separators=(",", ":")).encode())

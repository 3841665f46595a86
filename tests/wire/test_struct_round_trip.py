"""A sender's object comes back from the real store as it was sent (CONTRACT 3.5)."""

from typing import Any

from google.protobuf.struct_pb2 import Struct
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pymongo.database import Database

from event_service.stored_keys import from_stored, to_stored
from event_service.wire.struct import dict_to_struct, struct_to_dict

TRAPS = [
    "$ref",
    "$id",
    "$db",
    "$oid",
    "$uuid",
    "$date",
    "$minKey",
    "$code",
    "$scope",
    "$numberLong",
]
# BSON text is UTF-8, so lone surrogates can't be in it; and keys end at NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEYS = st.one_of(
    st.sampled_from(
        [*TRAPS, "", ".", "$", "\\$", "\\\\$x", "\\", "a.b", "_id", "_cls", "__proto__"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**200), 2**200).map(float),
    st.just(-0.0),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)


# The deepest that protobuf's own parsers take.
READABLE = 32


def nested(levels: int) -> dict[str, Any]:
    innermost: dict[str, Any] = {"$ref": "a", "$id": -0.0}
    outer = innermost
    for level in range(levels - 1):
        outer = {"n": outer, "m": [level]}
    return outer


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(OBJECTS)
@example(nested(READABLE))
@example({trap: trap for trap in TRAPS})
@example({"x": {"$oid": "x"}, "y": [{"$uuid": "x"}, {"$minKey": 1.0}, {"$date": "x"}]})
@example({"x": {"$ref": 5.0, "$id": 1.0}, "y": {"$id": None, "$ref": "c", "z": "\0"}})
def test_struct_comes_back_from_the_store(
    mongo_database: Database[dict[str, Any]], sent: dict[str, Any]
) -> None:
    struct = Struct()
    # Through bytes, as every request and answer goes.
    struct.ParseFromString(dict_to_struct(to_stored(sent)).SerializeToString())
    read = struct_to_dict(struct)

    events = mongo_database["event"]
    key = events.insert_one({"raw_data": to_stored(read)}).inserted_id
    found = events.find_one({"_id": key})

    assert found is not None
    assert repr(from_stored(found["raw_data"])) == repr(read)
    assert dict_to_struct(found["raw_data"]) == struct


def test_the_deepest_object_comes_back_from_the_store(
    mongo_database: Database[dict[str, Any]],
) -> None:
    deepest = nested(100)
    events = mongo_database["event"]
    key = events.insert_one({"raw_data": to_stored(deepest)}).inserted_id
    found = events.find_one({"_id": key})
    assert found is not None
    assert from_stored(found["raw_data"]) == deepest

"""A sender's object on its way into the database and out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import bson
from bson.raw_bson import RawBSONDocument
from google.protobuf.struct_pb2 import Struct

from event_service.bodies.bson_struct import struct_of
from event_service.document_decoding import decoded, wholly_decoded
from event_service.stored_keys import to_stored
from event_service.wire.plain_struct import StructReader
from event_service.wire.struct import DEFAULT_LIMITS, dict_to_struct, read_body, struct_to_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

_READABLE_OBJECTS = 30
"""How many objects inside one another an answer shows as such; deeper ones become JSON texts."""


def check_kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the database gives back of an object that was taken; raises AssertionError if changed.

    Objects may be as deep as a body's: those that an answer can't show as objects are not compared.
    """
    data = wholly_decoded(data)
    kept: dict[str, Any] = bson.decode(bson.encode(to_stored(data)))
    shown = Struct.FromString(dict_to_struct(kept).SerializeToString())
    if _depth(data) <= _READABLE_OBJECTS:
        assert struct_to_dict(shown) == data, data
    return kept


def check_short_ways(struct: Struct) -> None:
    """Raises AssertionError when a body that is not read isn't what it would be if it were.

    Raises what reading it does.
    """
    encoded = struct.SerializeToString(deterministic=True)
    stored = read_body(encoded)
    if isinstance(stored, RawBSONDocument):
        read = StructReader("data", DEFAULT_LIMITS.depth, DEFAULT_LIMITS.members).read(struct)
        assert _as_json(decoded(stored.raw)) == _as_json(read), read
        if (shown := struct_of(bytes(stored.raw))) is not None:
            assert Struct.FromString(shown) == dict_to_struct(read), read


def _as_json(read: Mapping[str, Any]) -> str:
    """Tells zeros of both signs apart, and not in which order the members stand."""
    return json.dumps(read, sort_keys=True)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0

"""A sender's object on its way into the database and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bson
from bson.raw_bson import RawBSONDocument
from google.protobuf.struct_pb2 import Struct

from event_service.bodies.bson_struct import struct_of
from event_service.bodies.struct_writer import write_object
from event_service.document_decoding import wholly_decoded
from event_service.stored_keys import to_stored
from event_service.wire.struct import dict_to_struct, read_body, read_struct, struct_to_dict

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
        read = read_struct(encoded)
        assert bytes(stored.raw) == bson.encode(read), read
        if (shown := struct_of(bytes(stored.raw))) is not None:
            assert shown == write_object(read), read


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0

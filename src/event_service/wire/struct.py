"""google.protobuf.Struct as plain dictionaries and back.

Not by json_format, which is slower, and knows neither our refusals nor the stored keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bson.raw_bson import RawBSONDocument
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct

from event_service.bodies.bson_struct import struct_of
from event_service.bodies.struct_bson import stored_struct
from event_service.document_decoding import decoded
from event_service.errors import InvalidParameter
from event_service.wire.encoded import DAMAGED
from event_service.wire.plain_struct import StructReader, fill_struct

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class StructLimits:
    """How deep objects and lists may be nested; the outermost one is level 1.

    ``members`` is how many members all of them may have together: what is read costs by the member,
    not by the byte, and an empty one is only two bytes of a message.
    """

    depth: int = 100
    members: int = 200_000


DEFAULT_LIMITS = StructLimits()


def struct_to_dict(
    struct: Struct, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> dict[str, Any]:
    """The object that ``struct`` is, ``name`` being the request's parameter.

    Raises what ``StructReader`` does. (By default protobuf itself refuses a request with more than
    some 33 objects or 50 lists inside one another before this sees it.)
    """
    stored = stored_struct(struct.SerializeToString(), limits.depth, limits.members)
    if stored is not None:
        return decoded(stored)
    return StructReader(name, limits.depth, limits.members).read(struct)


def rewritten(encoded: bytes) -> bytes:
    """The bytes of a Struct as protobuf itself writes them, each time in the same order.

    Raises InvalidParameter if they are none.
    """
    try:
        return Struct.FromString(encoded).SerializeToString(deterministic=True)
    except DecodeError:
        raise InvalidParameter("data", DAMAGED) from None


def read_body(encoded: bytes, limits: StructLimits = DEFAULT_LIMITS) -> Mapping[str, Any]:
    """The body that a Struct's bytes are, as ``struct_to_dict`` reads and refuses it.

    The bytes must be those that protobuf itself has written. Where nothing of the body has to be
    changed for the database, it is what will stand there: a RawBSONDocument.
    """
    stored = stored_struct(encoded, limits.depth, limits.members)
    if stored is not None:
        return RawBSONDocument(stored)
    reader = StructReader("data", limits.depth, limits.members)
    return reader.read(Struct.FromString(encoded))


def dict_to_struct(document: Mapping[str, Any]) -> Struct:
    """The Struct of an object as the database gives it back (``fill_struct``)."""
    struct = Struct()
    fill_struct(struct, document)
    return struct


def encoded_struct(raw: bytes) -> bytes:
    """The Struct of a document's bytes, as ``dict_to_struct`` makes it of what they say."""
    encoded = struct_of(raw)
    return dict_to_struct(decoded(raw)).SerializeToString() if encoded is None else encoded

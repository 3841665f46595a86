"""google.protobuf.Struct as plain dictionaries and back.

Not by json_format, which is slower, and knows neither our refusals nor the stored keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bson.raw_bson import RawBSONDocument
from google.protobuf.struct_pb2 import Struct

from event_service.bodies.struct_bson import stored_struct
from event_service.bodies.struct_reader import read_object
from event_service.bodies.struct_writer import write_object
from event_service.wire.members import MEMBER_BYTES, check_members

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
    """The object that ``struct`` is. As ``read_struct``."""
    return read_struct(struct.SerializeToString(), limits, name)


def read_struct(
    encoded: bytes, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> dict[str, Any]:
    """The object that a Struct's bytes are, ``name`` being the request's parameter.

    The bytes must be those that protobuf itself has written. Raises what ``read_object`` does, and
    TooLarge for more members than the limit. (By default protobuf itself refuses a request with
    more than some 33 objects or 50 lists inside one another before this sees it.)
    """
    read = read_object(encoded, (None, name), limits.depth)
    if len(encoded) > limits.members * MEMBER_BYTES:
        check_members(read, limits.members, name)
    return read


def read_body(encoded: bytes, limits: StructLimits = DEFAULT_LIMITS) -> Mapping[str, Any]:
    """The body that a Struct's bytes are, as ``read_struct`` reads and refuses it.

    Where nothing of it has to be changed for the database, it is what will stand there: a
    RawBSONDocument.
    """
    stored = stored_struct(encoded, limits.depth, limits.members)
    return read_struct(encoded, limits) if stored is None else RawBSONDocument(stored)


def dict_to_struct(document: Mapping[str, Any]) -> Struct:
    """The Struct of an object as the database gives it back (``write_object``)."""
    return Struct.FromString(write_object(document))

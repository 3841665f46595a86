"""A sender's object on its way into documents: encoded once, whatever number of them has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import bson
from bson.raw_bson import RawBSONDocument

from event_service.stored_keys import RESERVED, to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESERVED: Final = RESERVED.encode("ascii")
_BEFORE: Final = frozenset((*range(0x01, 0x14), 0x7F, 0xFF, ord("\\")))
"""What stands before a dollar that makes a key reserved: the byte that says of what type the member
is, or another part of the key."""
_MOST_LOOKS: Final = 64


def stored_object(data: Mapping[str, Any]) -> RawBSONDocument:
    """The object with the keys of the database; ``raw`` is its bytes.

    One that is such a document already is it.
    """
    if isinstance(data, RawBSONDocument):
        return data
    encoded = bson.encode(data)
    if _has_reserved_key(encoded):
        encoded = bson.encode(to_stored(data))
    return RawBSONDocument(encoded)


def _has_reserved_key(encoded: bytes) -> bool:
    """Whether a key has to be stored as another; rarely also said where none has.

    The byte is mostly none of a key's: it is in a text, or in a size.
    """
    at = -1
    for _ in range(_MOST_LOOKS):
        at = encoded.find(_RESERVED, at + 1)
        if at < 0:
            return False
        if encoded[at - 1] in _BEFORE:
            return True
    return True

"""A sender's object on its way into documents: encoded once, whatever number of them has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import bson
from bson.raw_bson import RawBSONDocument

from event_service.stored_keys import RESERVED, to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESERVED: Final = RESERVED.encode("ascii")


def stored_object(data: Mapping[str, Any]) -> RawBSONDocument:
    """The object with the keys of the database; ``raw`` is its bytes."""
    encoded = bson.encode(data)
    if _RESERVED in encoded:  # in a key, perhaps
        encoded = bson.encode(to_stored(data))
    return RawBSONDocument(encoded)

"""A sender's object on its way into documents: encoded once, whatever number of them has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bson
from bson.raw_bson import RawBSONDocument

from event_service.stored_keys import to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping


def stored_object(data: Mapping[str, Any]) -> RawBSONDocument:
    """The object with the keys of the database; ``raw`` is its bytes."""
    return RawBSONDocument(bson.encode(to_stored(data)))

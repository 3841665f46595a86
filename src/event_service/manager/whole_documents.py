"""Whole documents where a field may be kept apart: each gets it back, as its BSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bson.raw_bson import RawBSONDocument

from event_service.document_decoding import top_decoded
from event_service.errors import TooLarge
from event_service.query.scope import within
from event_service.query.staging import match_stages, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

    from event_service.caller import Scope
    from event_service.query.kept_apart import KeptApart

_BEGINNING: Final = 128
"""Bytes of a document in which its reference stands, if it has one."""
_OBJECT: Final = b"\x03"
_LOOKUPS: Final = (("_id",),)


class WholeDocuments:
    """Reads what is kept apart, once for all documents that have it in common."""

    def __init__(
        self, collection: Collection[RawBSONDocument], apart: KeptApart, max_bytes: int
    ) -> None:
        """``collection`` is that of the documents; ``max_bytes`` bounds what they may take."""
        self._others = collection.database.get_collection(
            apart.collection, collection.codec_options
        )
        self._apart = apart
        self._max_bytes = max_bytes
        self._mark = f"\x02{apart.reference}\0".encode()

    def of(self, scope: Scope, documents: Sequence[bytes]) -> Sequence[bytes]:
        """The documents, each with its field; without it where that is nowhere any longer.

        Raises TooLarge, and ``pymongo.errors.PyMongoError``.
        """
        if self._mark not in b"".join([document[:_BEGINNING] for document in documents]):
            return documents  # mostly: to ask each takes longer
        named = [self._reference(document) for document in documents]
        uses = Counter(one for one in named if one is not None)
        found = self._found(scope, uses, self._max_bytes - sum(map(len, documents)))
        return [
            _with(document, self._apart.field, found[one]) if one in found else document
            for document, one in zip(documents, named, strict=True)
        ]

    def _found(
        self, scope: Scope, uses: Mapping[str, int], room: int
    ) -> Mapping[str | None, bytes]:
        """What is named, by its name, if all the documents have room for it."""
        parts = parts_of(within(scope, {"_id": {"$in": [*uses]}}))
        shown = {"$project": {self._apart.field: True}}
        found: dict[str | None, bytes] = {}
        with self._others.aggregate([*match_stages(parts, _LOOKUPS), shown]) as cursor:
            for other in cursor:
                kept = other.get(self._apart.field)
                if not isinstance(kept, RawBSONDocument):
                    continue  # no delivery of ours
                found[other["_id"]] = value = bytes(kept.raw)
                room -= len(value) * uses[other["_id"]]
                if room < 0:
                    raise TooLarge("bytes of one answer", self._max_bytes)
        return found

    def _reference(self, document: bytes) -> str | None:
        named = top_decoded(document).get(self._apart.reference)
        return named if isinstance(named, str) else None


def _with(document: bytes, field: str, value: bytes) -> bytes:
    """A document with one more field, an object."""
    members = b"".join((document[4:-1], _OBJECT, field.encode(), b"\0", value, b"\0"))
    return (len(members) + 4).to_bytes(4, "little") + members

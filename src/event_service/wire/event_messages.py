"""Events as messages, each built once as long as it is asked for.

To build one takes most of the time of an answer, and what is asked for is mostly the newest events
of a tenant, again and again. What the database gave is the key, byte by byte: a document that
changed is another one, so nothing here can be out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from event_service.bodies.fields import sized_field
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo, EventsInfo
from event_service.wire.encoded import Encoded
from event_service.wire.event_message import encoded_event

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_BYTES: Final = 16 * 1024 * 1024
_LARGEST_SHARE: Final = 64
"""An event that takes more than one part in so many of the memory is built each time."""
_BEGINNING: Final = 64
"""Bytes that a document is looked up by. The id of an event is among them, and to hash all of one
takes longer than to compare it."""


class EventMessages:
    """Builds messages and remembers them, those asked for last. Any thread may use it."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """``most_bytes`` bounds what is remembered: documents and messages together."""
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._built: OrderedDict[bytes, tuple[bytes, bytes]] = OrderedDict()
        self._bytes = 0

    @property
    def remembered_bytes(self) -> int:
        """What is remembered right now, in bytes of documents and messages."""
        return self._bytes

    def one(self, document: bytes) -> Encoded[EventInfo]:
        """The message of a document, given as its BSON, as ``encoded_event`` builds it."""
        return Encoded(EventInfo, self._encoded((document,)))

    def page(self, documents: Sequence[bytes], total_count: int) -> Encoded[EventsInfo]:
        """The answer of a list."""
        number = EventsInfo.RESULTS_FIELD_NUMBER
        parts = [sized_field(number, encoded) for encoded in self._encoded(documents)]
        parts.append(EventsInfo(total_count=total_count).SerializeToString())
        return Encoded(EventsInfo, parts)

    def _encoded(self, documents: Sequence[bytes]) -> list[bytes]:
        known: list[bytes | None] = []
        with self._lock:
            for document in documents:
                beginning = document[:_BEGINNING]
                built = self._built.get(beginning)
                if built is not None and built[0] == document:
                    self._built.move_to_end(beginning)
                    known.append(built[1])
                else:
                    known.append(None)
        return [
            self._build(document) if encoded is None else encoded
            for document, encoded in zip(documents, known, strict=True)
        ]

    def _build(self, document: bytes) -> bytes:
        encoded = encoded_event(document)
        if (len(document) + len(encoded)) * _LARGEST_SHARE <= self._most_bytes:
            self._remember(document, encoded)
        return encoded

    def _remember(self, document: bytes, encoded: bytes) -> None:
        beginning = document[:_BEGINNING]
        with self._lock:
            self._bytes -= sum(map(len, self._built.pop(beginning, ())))
            self._built[beginning] = (document, encoded)
            self._bytes += len(document) + len(encoded)
            while self._bytes > self._most_bytes:
                _, oldest = self._built.popitem(last=False)
                self._bytes -= sum(map(len, oldest))

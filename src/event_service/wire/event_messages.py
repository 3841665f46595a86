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
    from collections.abc import Iterable

    from bson.raw_bson import RawBSONDocument

_MOST_BYTES: Final = 16 * 1024 * 1024
_LARGEST_SHARE: Final = 64
"""An event that takes more than one part in so many of the memory is built each time."""


class EventMessages:
    """Builds messages and remembers them, those asked for last. Any thread may use it."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """``most_bytes`` bounds what is remembered: documents and messages together."""
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._built: OrderedDict[bytes, bytes] = OrderedDict()
        self._bytes = 0

    @property
    def remembered_bytes(self) -> int:
        """What is remembered right now, in bytes of documents and messages."""
        return self._bytes

    def one(self, document: RawBSONDocument) -> Encoded[EventInfo]:
        """The message of a document, as ``encoded_event`` builds it."""
        return Encoded(EventInfo, (self._encoded(bytes(document.raw)),))

    def page(self, documents: Iterable[RawBSONDocument], total_count: int) -> Encoded[EventsInfo]:
        """The answer of a list."""
        number = EventsInfo.RESULTS_FIELD_NUMBER
        parts = [sized_field(number, self._encoded(bytes(one.raw))) for one in documents]
        parts.append(EventsInfo(total_count=total_count).SerializeToString())
        return Encoded(EventsInfo, parts)

    def _encoded(self, raw: bytes) -> bytes:
        with self._lock:
            known = self._built.get(raw)
            if known is not None:
                self._built.move_to_end(raw)
                return known
        encoded = encoded_event(raw)
        if (len(raw) + len(encoded)) * _LARGEST_SHARE <= self._most_bytes:
            self._remember(raw, encoded)
        return encoded

    def _remember(self, raw: bytes, encoded: bytes) -> None:
        with self._lock:
            if raw not in self._built:
                self._built[raw] = encoded
                self._bytes += len(raw) + len(encoded)
            while self._bytes > self._most_bytes:
                oldest, its = self._built.popitem(last=False)
                self._bytes -= len(oldest) + len(its)

"""Room in memory for the lists that are made at the same time.

The size of a list is known only once it is made. What lists of the same fields and length took
lately is a good enough guess: lists of ordinary events never wait for each other, and a burst of
lists of large ones doesn't take all the memory there is.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from event_service.admission.no_room import no_room
from event_service.errors import TooLarge
from event_service.lru_dict import LruDict

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

_MOST_BYTES: Final = 32 * 1024**2
_MOST_KINDS: Final = 1_000
_UNKNOWN: Final = 16
"""The first list of a kind takes one part in so many of all room."""
_LARGEST: Final = 2
"""No list takes more than one part in so many: to wait for all of it could be for ever."""
_NEWEST: Final = 4
"""One part in so many of what the next list of a kind is expected to take is from the newest."""


class AnswerRoom:
    """Bytes of documents that one process makes lists of at the same time. Any thread may ask.

    An answer takes two to three times as much until it is built. One that is being sent is not
    counted: who reads slowly keeps nobody waiting.
    """

    def __init__(self, most_seconds: float, most_bytes: int = _MOST_BYTES) -> None:
        """``most_seconds`` is how long a list waits for room."""
        self._most_seconds = most_seconds
        self._most_bytes = most_bytes
        self._free = most_bytes
        self._changed = threading.Condition()
        self._took: LruDict[Hashable, int] = LruDict(_MOST_KINDS)

    @contextmanager
    def share(self, kind: Hashable, seconds_left: float | None) -> Iterator[Callable[[int], None]]:
        """Room for a list of that kind, until it is made; to be told then how many bytes it took.

        One that ends with TooLarge took as many as its limit.
        ``seconds_left`` is what the caller's deadline leaves. Raises QuotaExceeded when there is no
        room in time.
        """
        most = self._most_seconds
        seconds = most if seconds_left is None else min(most, max(0.0, seconds_left))
        with self._changed:
            size = self._expected(kind)
            if not self._changed.wait_for(lambda: size <= self._free, seconds):
                raise no_room("bytes of lists at the same time", self._most_bytes)
            self._free -= size
        try:
            yield lambda took: self._learn(kind, took)
        except TooLarge as fault:
            self._learn(kind, int(fault.limit))  # that much was read of it
            raise
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()

    def _expected(self, kind: Hashable) -> int:
        took = self._took.get(kind, self._most_bytes // _UNKNOWN)
        return min(took, self._most_bytes // _LARGEST)

    def _learn(self, kind: Hashable, took: int) -> None:
        with self._changed:
            before = self._took.get(kind, took)
            self._took[kind] = before + (took - before) // _NEWEST

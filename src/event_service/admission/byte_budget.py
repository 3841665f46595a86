"""A bound on what the requests in flight hold in memory, all of them together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from event_service.admission.no_room import no_room

if TYPE_CHECKING:
    from typing import Self


class ByteBudget:
    """Bytes of request bodies that one process has in memory at the same time.

    What a body becomes when it is read takes several times as much: the bound is on what others
    can send, not on the process.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._taken = 0

    def share(self, size: int = 0) -> Share:
        """What one request takes, until the end of a ``with``, which raises QuotaExceeded."""
        return Share(self, size)

    def _change(self, size: int) -> None:
        with self._lock:
            fits = size <= 0 or self._taken + size <= self._limit
            if fits:
                self._taken += size
        if not fits:
            raise no_room("bytes of requests at the same time", self._limit)


class Share:
    """The bytes of one request, as they arrive."""

    def __init__(self, budget: ByteBudget, first: int) -> None:
        """``first`` is how many it has at once."""
        self._budget = budget
        self._first = first
        self.size = 0

    def __enter__(self) -> Self:
        self.grow_to(self._first)
        return self

    def __exit__(self, *_: object) -> None:
        self._budget._change(-self.size)  # noqa: SLF001  # its own

    def grow_to(self, size: int) -> None:
        """Have so many bytes in all. Raises QuotaExceeded, and changes nothing then."""
        if size > self.size:
            self._budget._change(size - self.size)  # noqa: SLF001  # its own
            self.size = size

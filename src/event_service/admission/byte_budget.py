"""A bound on what the requests in flight hold in memory, all of them together."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from event_service.admission.no_room import no_room

if TYPE_CHECKING:
    from collections.abc import Iterator


class ByteBudget:
    """Bytes of request bodies that one process has in memory at the same time.

    What a body becomes when it is read takes several times as much: the bound is on what others
    can send, not on the process.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._taken = 0

    @contextmanager
    def share(self, size: int = 0) -> Iterator[Share]:
        """What one request takes, given back at its end. Raises QuotaExceeded."""
        share = Share(self)
        try:
            share.grow_to(size)
            yield share
        finally:
            self._change(-share.size)

    def _change(self, size: int) -> None:
        with self._lock:
            fits = size <= 0 or self._taken + size <= self._limit
            if fits:
                self._taken += size
        if not fits:
            raise no_room("bytes of requests at the same time", self._limit)


class Share:
    """The bytes of one request, as they arrive."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self.size = 0

    def grow_to(self, size: int) -> None:
        """Have so many bytes in all. Raises QuotaExceeded, and changes nothing then."""
        if size > self.size:
            self._budget._change(size - self.size)  # noqa: SLF001  # its own
            self.size = size

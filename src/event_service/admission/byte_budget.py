"""A bound on what the requests in flight hold in memory, all of them together."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from event_service.errors import QuotaExceeded
from event_service.metrics.calls import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_RETRY_SECONDS: Final = 1


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

    def _change(self, size: int) -> bool:
        with self._lock:
            if size > 0 and self._taken + size > self._limit:
                return False
            self._taken += size
            return True

    def _refusal(self) -> QuotaExceeded:
        refused("queue")
        return QuotaExceeded("bytes of requests at the same time", self._limit, _RETRY_SECONDS)


class Share:
    """The bytes of one request, as they arrive."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self.size = 0

    def grow_to(self, size: int) -> None:
        """Have so many bytes in all. Raises QuotaExceeded, and changes nothing then."""
        if size > self.size:
            if not self._budget._change(size - self.size):  # noqa: SLF001  # its own
                raise self._budget._refusal()  # noqa: SLF001
            self.size = size

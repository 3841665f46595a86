"""How many calls there may be at the same time: the one rule of it, for gRPC and for HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.admission.no_room import no_room

if TYPE_CHECKING:
    from event_service.errors import QuotaExceeded


@dataclass(frozen=True, slots=True)
class Places:
    """Threads that work, and places for the calls that wait for one.

    A few per thread: a refusal at once is worth more to a caller than the end of a long queue.
    """

    threads: int
    waiting_per_thread: int

    @property
    def all(self) -> int:
        """Calls that may be there, at work or waiting."""
        return self.threads * (1 + self.waiting_per_thread)

    def none_left(self) -> QuotaExceeded:
        """What the next call is told; counted as refused."""
        return no_room("calls at the same time", self.all)

"""What this process is writing, and what it knows to be written."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Flights:
    """Ids on their way into the database, and ids that this process has seen there.

    Redis names the event that a delivery repeats before that event is in the database, so its
    word alone is no reason to answer OK. A repeat of what this very process is writing waits for
    that write; a repeat of what the process has seen written needs no look; anything else does.
    """

    def __init__(self, remembered: int = 50_000) -> None:
        self._remembered = remembered
        self._lock = threading.Lock()
        self._under_way: dict[str, threading.Event] = {}
        self._landed: dict[str, None] = {}

    @contextmanager
    def announce(self, *ids: str) -> Iterator[None]:
        """While the context is open those ids are under way, unless they were already."""
        done = threading.Event()
        with self._lock:
            mine = [one for one in ids if self._under_way.setdefault(one, done) is done]
        try:
            yield
        finally:
            with self._lock:
                for one in mine:
                    del self._under_way[one]
            done.set()

    def wait(self, one: str, *, unless: str, seconds: float) -> None:
        """Wait until that id is no longer under way; ``unless`` is the waiter's own id."""
        with self._lock:
            flight = self._under_way.get(one)
            if flight is None or flight is self._under_way.get(unless):
                return
        flight.wait(seconds)

    def land(self, event_id: str) -> None:
        """That event is in the database."""
        with self._lock:
            self._landed[event_id] = None
            if len(self._landed) > self._remembered:
                del self._landed[next(iter(self._landed))]

    def forget(self, event_id: str) -> None:
        """That event is no longer in the database."""
        with self._lock:
            self._landed.pop(event_id, None)

    def has_landed(self, event_id: str) -> bool:
        """True if this process has seen that event in the database."""
        return event_id in self._landed

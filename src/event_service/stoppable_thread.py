"""A thread for what goes on as long as the service does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class StoppableThread:
    """Does ``work`` in a thread, from ``start`` to ``stop``.

    ``work`` gets the event that ``stop`` sets: it has to look at it, and to wait by it. What it
    raises ends it, so it has to expect its faults itself.
    """

    def __init__(self, work: Callable[[threading.Event], object], name: str) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=work, args=(self._stopping,), name=name, daemon=True)

    def start(self) -> None:
        """Begin; to be called once."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for that; may be called again, and before ``start``."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()


def periodic(work: Callable[[], object], seconds: float, name: str) -> StoppableThread:
    """A thread that does the work every so many seconds, beginning after the first pause."""

    def go_on(stopping: threading.Event) -> None:
        while not stopping.wait(seconds):
            work()

    return StoppableThread(go_on, name)

"""Parsers that hold calls under way until they are let go."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from event_service.parsers.registry import ParserRegistry, installed_sources

if TYPE_CHECKING:
    from event_service.parsers.seam import Body, Options, Reading


class Held(ParserRegistry):
    """Parses when it is let go, and counts the bodies that reached it."""

    def __init__(self) -> None:
        super().__init__(installed_sources())
        self._begun = threading.Semaphore(0)
        self._may_go = threading.Event()
        self._counting = threading.Lock()
        self.bodies = 0

    def read(self, plugin_id: str | None, body: Body, options: Options) -> Reading:
        """Wait, and then do as the installed ones."""
        with self._counting:
            self.bodies += 1
        self._begun.release()
        assert self._may_go.wait(60)
        return super().read(plugin_id, body, options)

    def wait_for(self, calls: int) -> None:
        """Wait until that many more calls are held."""
        for _ in range(calls):
            assert self._begun.acquire(timeout=30)

    def let_go(self) -> None:
        """Let all go, and those that come."""
        self._may_go.set()

    def hold(self) -> None:
        """Hold those that come from now on."""
        self._may_go.clear()

"""How many threads the calls of one plugin may hold: a slow one must leave most to the others.

A plugin that does not answer is soon left alone (``breaker``). One that answers, and takes seconds
for it, would for ever hold every thread that there is, and the webhooks of everybody else with it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Final

from event_service.admission.no_room import no_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SLOW_SECONDS: Final = 1.0


class Lane:
    """The calls of one plugin that are under way: any number, but few of a slow one.

    Slow is one whose last answer took more than a second, or of which so many calls as ``few``
    wait that long now. Safe for many threads.
    """

    def __init__(
        self, plugin_id: str, few: int = 8, clock: Callable[[], float] = monotonic
    ) -> None:
        """``clock`` counts seconds, steadily."""
        self._scope = f"calls of the plugin {plugin_id}, which is slow, at the same time"
        self._few = few
        self._clock = clock
        self._lock = threading.Lock()
        self._began: dict[object, float] = {}
        self._last_seconds = 0.0

    @contextmanager
    def held(self) -> Iterator[None]:
        """While a call is under way. Raises QuotaExceeded if there must not be another."""
        call = object()
        began = self._clock()
        with self._lock:
            if self._full(began):
                raise no_room(self._scope, self._few)
            self._began[call] = began
        try:
            yield
        finally:
            with self._lock:
                del self._began[call]
                self._last_seconds = self._clock() - began

    def _full(self, now: float) -> bool:
        if len(self._began) < self._few:
            return False
        if self._last_seconds > _SLOW_SECONDS:
            return True
        # They are in the order in which they began.
        newest_of_few = next(islice(self._began.values(), self._few - 1, None))
        return now - newest_of_few > _SLOW_SECONDS

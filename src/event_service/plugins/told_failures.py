"""What the log is told of plugins that fail."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from event_service.lru_dict import LruDict

if TYPE_CHECKING:
    from collections.abc import Callable

_log = structlog.get_logger(__name__)

_SECONDS: Final = 10.0
_MOST: Final = 1_024


class ToldFailures:
    """Tells of each failure of a plugin at an endpoint once in ten seconds. Safe for many threads.

    One that fails at every delivery would fill the log with what it says already; how often it
    fails, the metrics count, and the event that is recorded has the reason.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """``clock`` counts seconds, steadily."""
        self._clock = clock
        self._lock = threading.Lock()
        self._told: LruDict[tuple[str, str, str], float] = LruDict(_MOST)

    def tell(self, plugin_id: str, endpoint: str, status: str) -> None:
        """It has failed with ``status``, one of few."""
        failure = plugin_id, endpoint, status
        now = self._clock()
        with self._lock:
            last = self._told.use(failure)
            if last is not None and now - last < _SECONDS:
                return
            self._told[failure] = now
        _log.warning("plugin failed", plugin_id=plugin_id, endpoint=endpoint, status=status)

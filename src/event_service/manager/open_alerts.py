"""How many alerts are open, as the database has it: a number that is looked up now and then."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Final

import pymongo
from pymongo.errors import PyMongoError

from event_service.metrics.deliveries import alerts_open
from event_service.metrics.exposition import scraped_since

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.collection import Collection

_OPEN: Final = ["TRIGGERED", "ACKNOWLEDGED", "ERROR"]
_PAUSE_SECONDS: Final = 15.0
_MOST_SECONDS: Final = 2.0


class OpenAlerts:
    """Counts them, by the index over their state, at most every 15 s and only while asked.

    Once they are counted unasked: the first who asks would read that there is none. ``asked``
    tells whether somebody did since a time (``monotonic``).
    """

    def __init__(
        self,
        alerts: Collection[dict[str, Any]],
        asked: Callable[[float], bool] = scraped_since,
    ) -> None:
        self._alerts = alerts
        self._asked = asked
        self._looked = -math.inf

    def look(self) -> None:
        """Tell the metrics, if it is time. Without an answer within 2 s the last number stays."""
        now = time.monotonic()
        if now - self._looked < _PAUSE_SECONDS:
            return
        if self._looked != -math.inf and not self._asked(self._looked):
            return
        self._looked = now
        try:
            with pymongo.timeout(_MOST_SECONDS):
                count = self._alerts.count_documents({"state": {"$in": _OPEN}})
        except PyMongoError:
            return
        alerts_open(count)

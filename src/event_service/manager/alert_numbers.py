"""The numbers of alerts, per (domain, workspace) from 1 (CONTRACT 4.1).

Most are drawn by Redis in the step that decides that an alert is opened (``dedup.scripts.DECIDE``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from event_service.dedup.claims import Claims, NumberDraw
from event_service.wire.foreign import count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.collection import Collection

    from event_service.dedup.key import DedupKey

_NO_NUMBER = 2**53
"""So high that nobody has counted to it, and more than Redis' Lua counts exactly."""


class AlertNumbers:
    """Proposes numbers where Redis had none, or one that is taken.

    The unique index of the alerts has the last word.
    """

    def __init__(
        self, alerts: Collection[dict[str, Any]], claims: Claims, *, taken_over: bool
    ) -> None:
        """``taken_over`` says that the collection has alerts of another service too."""
        self._alerts = alerts
        self._claims = claims
        self._taken_over = taken_over

    def draw(self, keys: Sequence[DedupKey]) -> list[int]:
        """A number for an alert of each key, above all that the database has."""
        wanted = Counter(map(_workspace, keys))
        one_of = {_workspace(key): key for key in keys}
        numbers = {
            one: iter(self._above_the_highest(one_of[one], count)) for one, count in wanted.items()
        }
        return [next(numbers[_workspace(key)]) for key in keys]

    def _above_the_highest(self, key: DedupKey, count: int) -> range:
        floor = self._highest(key)
        ranges = self._claims.draw_numbers([NumberDraw(key, count, floor)])
        return range(floor + 1, floor + 1 + count) if ranges is None else ranges[0]

    def _highest(self, key: DedupKey) -> int:
        where: dict[str, Any] = {"domain_id": key.domain_id, "workspace_id": key.workspace_id}
        if self._taken_over:
            # Of another service an alert may have any number, or none.
            where["alert_number"] = {"$gt": 0, "$lt": _NO_NUMBER, "$not": {"$type": "array"}}
        else:
            # The index over numbers has only alerts with a dedup key.
            where["dedup_key"] = {"$exists": True}
        found = self._alerts.find_one(where, ["alert_number"], sort=[("alert_number", DESCENDING)])
        return 0 if found is None else count_of(found["alert_number"])


def _workspace(key: DedupKey) -> tuple[str, str]:
    return key.domain_id, key.workspace_id

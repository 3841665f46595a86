"""Deliveries that join an alert, those of one alert together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.draft import EventDraft, EventType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Joining:
    """One delivery that is added to an alert of its dedup key. ``at`` is UTC.

    ``event_id`` is its own: if a recovery never gets recorded, the alert tells. ``dedup_key`` is
    the digest of the key: ids are random and short, and another tenant's alert may have the same.
    """

    alert_id: str
    dedup_key: str
    draft: EventDraft
    event_id: str
    at: datetime
    resolves: bool = False

    @property
    def recovers(self) -> bool:
        """Whether it is a recovery, be it one that resolves nothing."""
        return self.draft.event_type is EventType.RECOVERY


def together(joinings: Iterable[Joining]) -> list[Sequence[Joining]]:
    """Groups that one update of their alert serves, in an order that leaves each alert's own.

    A recovery stands alone: what comes after it must find the alert as it left it.
    """
    groups: list[list[Joining]] = []
    growing: dict[tuple[str, str], list[Joining]] = {}
    for one in joinings:
        alert = (one.alert_id, one.dedup_key)
        group = growing.get(alert)
        if group is None or one.recovers:
            group = []
            groups.append(group)
        group.append(one)
        if one.recovers:
            growing.pop(alert, None)
        else:
            growing[alert] = group
    return list(groups)

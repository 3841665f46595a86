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


def in_waves(joinings: Iterable[Joining]) -> list[list[Sequence[Joining]]]:
    """Groups that join their alert together, in waves that have one group of an alert at most.

    Each alert's deliveries stay in their order. A recovery stands alone: what comes after it must
    find the alert as it left it.
    """
    waves: list[list[list[Joining]]] = []
    newest: dict[str, tuple[int, list[Joining]]] = {}
    for one in joinings:
        wave, group = newest.get(one.alert_id, (-1, []))
        if not group or one.recovers or group[-1].recovers or group[-1].dedup_key != one.dedup_key:
            wave, group = wave + 1, []
            if wave == len(waves):
                waves.append([])
            waves[wave].append(group)
            newest[one.alert_id] = wave, group
        group.append(one)
    return [list(wave) for wave in waves]

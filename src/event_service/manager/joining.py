"""Deliveries that join an alert, those of one alert together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from event_service.manager.candidate import Candidate


def in_waves(joining: Iterable[Candidate]) -> list[list[Sequence[Candidate]]]:
    """Groups that join their alert together, in waves that have one group of an alert at most.

    Each alert's deliveries stay in their order. A recovery stands alone: what comes after it must
    find the alert as it left it. So do those of different keys: ids are random and short, and an
    alert that one of them names may be another tenant's.
    """
    waves: list[list[list[Candidate]]] = []
    newest: dict[str, tuple[int, list[Candidate]]] = {}
    for one in joining:
        wave, group = newest.get(one.alert_id, (-1, []))
        if not group or one.recovers or group[-1].recovers or group[-1].key != one.key:
            wave, group = wave + 1, []
            if wave == len(waves):
                waves.append([])
            waves[wave].append(group)
            newest[one.alert_id] = wave, group
        group.append(one)
    return [list(wave) for wave in waves]

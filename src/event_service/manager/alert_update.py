"""What deliveries change of the alerts that they join (CONTRACT 4.2, 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.manager.guarded import Expression, guarded, plus, value
from event_service.manager.per_document import PerDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from event_service.manager.candidate import Candidate

RESOLVED: Final = "RESOLVED"
A_TEXT: Final[Mapping[str, Any]] = {"$type": "string", "$not": {"$type": "array"}}
"""What an id has to be. A list with a text in it is of that type too."""
OPEN: Final[Expression] = {"$ne": ["$state", RESOLVED]}
NOT_SUPERSEDED: Final[Expression] = {"$ne": ["$superseded", True]}
HOLDS: Final[Expression] = {"$and": [OPEN, NOT_SUPERSEDED]}


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


def joining_update(
    groups: Sequence[Sequence[Candidate]],
) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """One update for the alerts of some groups, each of another alert: its filter and itself.

    An alert stays as it is if it is resolved or of another key, and if it is superseded, unless
    the delivery is a recovery.
    """
    first = [group[0] for group in groups]
    per = PerDocument("alert_id", [one.alert_id for one in first])
    mine = {"$eq": ["$dedup_key", per.value([one.key.digest for one in first])]}
    recovers = per.value([one.recovers for one in first])
    guard = {"$and": [per.guard, mine, OPEN, {"$or": [recovers, NOT_SUPERSEDED]}]}
    now = per.value([max(one.delivery.at for one in group) for group in groups])
    changes: dict[str, Any] = {
        # Clocks of processes differ, and who came first may be the last to be done.
        "last_seen_at": {"$max": ["$last_seen_at", now]},
        "updated_at": now,
        "event_count": plus("event_count", per.value([len(group) for group in groups])),
    }
    described = [_description(group) for group in groups]
    if any(text is not None for text in described):
        told = per.value([text is not None for text in described])
        changes["description"] = {"$cond": [told, per.value(described), "$description"]}
    resolves = [one.ends_claim for one in first]
    if not any(resolves):
        return per.where, guarded(guard, changes)
    resolution = {
        "state": value(RESOLVED),
        "resolved_at": now,
        "recovery_event_id": per.value([one.event_id for one in first]),
    }
    resolved = {"$cond": [per.value(resolves), resolution, {}]}
    return per.where, guarded(guard, {"$mergeObjects": [changes, resolved]})


def _description(group: Sequence[Candidate]) -> str | None:
    """The last one that is said; an absent one never wipes the alert's."""
    said = [one.draft.description for one in group if one.draft.description is not None]
    return said[-1] if said else None

"""What deliveries change of the alerts that they join (CONTRACT 4.2, 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.manager.guarded import Expression, guarded, plus, value
from event_service.manager.per_document import PerDocument

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.manager.candidate import Candidate

RESOLVED: Final = "RESOLVED"
A_TEXT: Final[Mapping[str, Any]] = {"$type": "string", "$not": {"$type": "array"}}
"""What an id has to be. A list with a text in it is of that type too."""
OPEN: Final[Expression] = {"$ne": ["$state", RESOLVED]}
NOT_SUPERSEDED: Final[Expression] = {"$ne": ["$superseded", True]}
HOLDS: Final[Expression] = {"$and": [OPEN, NOT_SUPERSEDED]}


class JoiningUpdate:
    """One update for the alerts of some groups, each of another alert.

    An alert stays as it is if it is resolved or of another key, and if it is superseded, unless
    the delivery is a recovery.
    """

    def __init__(self, groups: Sequence[Sequence[Candidate]]) -> None:
        self._groups = groups
        self._first = [group[0] for group in groups]
        self._per = PerDocument("alert_id", [one.alert_id for one in self._first])
        self.where: Mapping[str, Any] = self._per.where

    def pipeline(self) -> list[Mapping[str, Any]]:
        """The update."""
        return guarded(self._guard(), self._changes())

    def _guard(self) -> Expression:
        mine = {"$eq": ["$dedup_key", self._per.value([one.key.digest for one in self._first])]}
        recovers = self._per.value([one.recovers for one in self._first])
        return {"$and": [self._per.guard, mine, OPEN, {"$or": [recovers, NOT_SUPERSEDED]}]}

    def _changes(self) -> Expression:
        per, groups = self._per, self._groups
        now = per.value([max(one.delivery.at for one in group) for group in groups])
        described = [_description(group) for group in groups]
        changes: dict[str, Any] = {
            # Clocks of processes differ, and who came first may be the last to be done.
            "last_seen_at": {"$max": ["$last_seen_at", now]},
            "updated_at": now,
            "event_count": plus("event_count", per.value([len(group) for group in groups])),
        }
        if any(text is not None for text in described):
            told = per.value([text is not None for text in described])
            changes["description"] = {"$cond": [told, per.value(described), "$description"]}
        if not any(one.ends_claim for one in self._first):
            return changes
        resolution = {
            "state": value(RESOLVED),
            "resolved_at": now,
            "recovery_event_id": per.value([one.event_id for one in self._first]),
        }
        resolves = per.value([one.ends_claim for one in self._first])
        return {"$mergeObjects": [changes, {"$cond": [resolves, resolution, {}]}]}


def _description(group: Sequence[Candidate]) -> str | None:
    """The last one that is said; an absent one never wipes the alert's."""
    said = [one.draft.description for one in group if one.draft.description is not None]
    return said[-1] if said else None

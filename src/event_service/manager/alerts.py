"""AlertManager: opening, joining and resolving alerts (CONTRACT 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING, UpdateOne
from pymongo.errors import DuplicateKeyError

from event_service.draft import EventDraft, EventType, Severity
from event_service.errors import Unavailable
from event_service.instants import from_milliseconds
from event_service.manager.guarded import Expression, guarded, one_more, value
from event_service.stored_keys import to_stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pymongo.collection import Collection

    from event_service.dedup.claims import Claims, PendingRepeats
    from event_service.dedup.key import DedupKey

Document = dict[str, Any]

RESOLVED = "RESOLVED"
_URGENT = frozenset({Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE})
_OPEN = {"$ne": ["$state", RESOLVED]}
_HOLDS = {"$and": [_OPEN, {"$ne": ["$superseded", True]}]}
_KEY_ALERT_FIELDS = ["alert_id", "episode", "state", "superseded", "created_at", "last_seen_at"]
_NUMBER_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert that is to be opened, as the given episode of its key. ``at`` is UTC."""

    alert_id: str
    episode: int
    draft: EventDraft
    webhook_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeyAlert:
    """The newest alert of a dedup key, as the database has it. Times are UTC.

    ``holds`` says that it is open and that no newer alert may be opened while its window lasts.
    """

    alert_id: str
    episode: int
    holds: bool
    created_at: datetime
    last_seen_at: datetime | None


class AlertManager:
    """The alerts of the database.

    The alerts of one dedup key are its episodes, numbered from 0; the unique index over key and
    episode is what makes two open alerts of one key impossible (see ``recorder``).
    """

    def __init__(
        self, alerts: Collection[Document], claims: Claims, *, taken_over: bool = False
    ) -> None:
        """``taken_over`` says that the collection has alerts of another service too."""
        self._alerts = alerts
        self._claims = claims
        self._taken_over = taken_over

    def open(self, key: DedupKey, alert: NewAlert) -> bool:
        """Open an alert; False if the key has such an episode already (nothing is written)."""
        document = _document(key, alert)
        number = self._claims.next_number(key.domain_id, key.workspace_id)
        if number is None or (number == 1 and self._taken_over):
            number = self._number_above(key, self._highest_number(key))
        for _ in range(_NUMBER_ATTEMPTS):
            try:
                self._alerts.insert_one({**document, "alert_number": number})
            except DuplicateKeyError as error:
                violated = (error.details or {}).get("keyPattern") or {}
                if "alert_number" in violated:
                    number = self._number_above(key, self._highest_number(key))
                    continue
                if "_id" in violated:  # our own insert, sent again by the driver
                    return True
                self._claims.return_number(key.domain_id, key.workspace_id, number)
                return False
            return True
        raise Unavailable("No alert number could be had for the workspace.")

    def join(self, alert_id: str, draft: EventDraft, now: datetime) -> bool:
        """Add a delivery to an alert (CONTRACT 4.2).

        False if the alert is resolved, is superseded, or is not there. A recovery that resolves
        nothing joins a superseded alert too: it goes to the open alert however old.
        """
        guard = _OPEN if draft.event_type is EventType.RECOVERY else _HOLDS
        return self._change(alert_id, guard, _seen(draft, now))

    def resolve(self, alert_id: str, draft: EventDraft, event_id: str, now: datetime) -> bool:
        """A recovery resolves the alert, and its key is free; False if it wasn't open.

        ``event_id`` is the recovery's own: if it never gets recorded, the alert tells.
        """
        changes = _seen(draft, now) | {
            "state": value(RESOLVED),
            "resolved_at": value(now),
            "recovery_event_id": value(event_id),
        }
        return self._change(alert_id, _OPEN, changes)

    def supersede(self, alert: KeyAlert) -> bool:
        """Make way for a newer alert; False if this one was seen again since it was read."""
        unseen = {"$eq": [{"$ifNull": ["$last_seen_at", None]}, value(alert.last_seen_at)]}
        guard = {"$and": [_HOLDS, unseen]}
        return self._change(alert.alert_id, guard, {"superseded": value(True)})  # noqa: FBT003

    def newest(self, key: DedupKey) -> KeyAlert | None:
        """The newest alert of the key."""
        found = self._newest(key, _KEY_ALERT_FIELDS)
        if found is None:
            return None
        return KeyAlert(
            alert_id=found["alert_id"],
            episode=found["episode"],
            holds=found["state"] != RESOLVED and not found.get("superseded"),
            created_at=found["created_at"],
            last_seen_at=found.get("last_seen_at"),
        )

    def newest_open(self, key: DedupKey) -> tuple[str, int] | None:
        """(alert_id, episode) of the key's newest open alert, however old (CONTRACT 4.3)."""
        found = self._alerts.aggregate(
            [
                {"$match": {"dedup_key": key.digest}},
                {"$match": {"state": {"$ne": RESOLVED}}},
                {"$sort": {"episode": DESCENDING}},
                {"$limit": 1},
                {"$project": {"_id": 0, "alert_id": 1, "episode": 1}},
            ]
        ).to_list()
        return (found[0]["alert_id"], found[0]["episode"]) if found else None

    def last_recovery(self, key: DedupKey) -> tuple[str, str] | None:
        """(alert_id, event_id) of the recovery that resolved the key's newest alert, if one did."""
        found = self._newest(key, ["alert_id", "recovery_event_id"])
        if found is None or not found.get("recovery_event_id"):
            return None
        return found["alert_id"], found["recovery_event_id"]

    def holding_among(self, alert_ids: Iterable[str]) -> frozenset[str]:
        """Those of the alerts that hold their keys."""
        found = self._alerts.find(
            {"alert_id": {"$in": list(alert_ids)}}, ["alert_id", "state", "superseded"]
        )
        return frozenset(
            one["alert_id"]
            for one in found
            if one["state"] != RESOLVED and not one.get("superseded")
        )

    def add_repeats(self, repeats: Iterable[PendingRepeats]) -> None:
        """Those deliveries repeated events of those alerts."""
        self._alerts.bulk_write(
            [
                UpdateOne(
                    {"alert_id": one.alert_id},
                    {
                        "$inc": {"event_count": one.count},
                        "$max": {"last_seen_at": from_milliseconds(one.last_ms)},
                    },
                )
                for one in repeats
            ],
            ordered=False,
        )

    def _change(self, alert_id: str, guard: Expression, changes: Mapping[str, Any]) -> bool:
        result = self._alerts.update_one({"alert_id": alert_id}, guarded(guard, changes))
        return result.modified_count == 1

    def _newest(self, key: DedupKey, fields: list[str]) -> Document | None:
        return self._alerts.find_one(
            {"dedup_key": key.digest}, fields, sort=[("episode", DESCENDING)]
        )

    def _number_above(self, key: DedupKey, floor: int) -> int:
        number = self._claims.next_number(key.domain_id, key.workspace_id, floor)
        return floor + 1 if number is None else number

    def _highest_number(self, key: DedupKey) -> int:
        workspace: Document = {"domain_id": key.domain_id, "workspace_id": key.workspace_id}
        # The index over numbers has only alerts with a dedup key.
        ours: Document = {} if self._taken_over else {"dedup_key": {"$exists": True}}
        found = self._alerts.find_one(
            workspace | ours,
            ["alert_number"],
            sort=[("alert_number", DESCENDING)],
        )
        return 0 if found is None else int(found["alert_number"])


def _seen(draft: EventDraft, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "last_seen_at": value(now),
        "updated_at": value(now),
        "event_count": one_more("event_count"),
    }
    if draft.description is not None:
        changes["description"] = value(draft.description)
    return changes


def _document(key: DedupKey, alert: NewAlert) -> Document:
    draft = alert.draft
    return {
        "alert_id": alert.alert_id,
        "title": draft.title,
        "state": "ERROR" if draft.event_type is EventType.ERROR else "TRIGGERED",
        "description": draft.description,
        "assignee": None,
        "responder": None,
        "urgency": "HIGH" if draft.severity in _URGENT else "LOW",
        "severity": draft.severity.value,
        "rule": draft.rule,
        "image_url": draft.image_url,
        "resources": [{"name": name} for name in draft.resources],
        "provider": draft.provider,
        "account": draft.account,
        "additional_info": to_stored(draft.additional_info),
        "triggered_by": alert.webhook_id,
        "webhook_id": alert.webhook_id,
        "domain_id": key.domain_id,
        "workspace_id": key.workspace_id,
        "project_id": key.project_id,
        "event_key": key.event_key,
        "dedup_key": key.digest,
        "episode": alert.episode,
        "created_at": alert.at,
        "updated_at": alert.at,
        "last_seen_at": alert.at,
        "event_count": 1,
        "acknowledged_at": None,
        "resolved_at": None,
    }

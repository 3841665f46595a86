"""AlertManager: opening, joining and resolving alerts (CONTRACT 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import DESCENDING, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from event_service.dedup.claims import Claims, PendingRepeats
from event_service.dedup.key import DedupKey
from event_service.draft import EventDraft, EventType, Severity
from event_service.errors import Unavailable
from event_service.instants import from_milliseconds

Document = dict[str, Any]

RESOLVED = "RESOLVED"
_URGENT = frozenset({Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE})
_NOT_RESOLVED = {"$ne": RESOLVED}
_NUMBER_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """The alert that holds a dedup key in the database. Times are UTC."""

    alert_id: str
    resolved: bool
    created_at: datetime
    last_seen_at: datetime | None


class AlertManager:
    """The alerts of the database.

    An alert holds its dedup key by the field ``claim``, whose unique index is what makes two open
    alerts of one key impossible (see ``recorder``).
    """

    def __init__(self, alerts: Collection[Document], claims: Claims) -> None:
        self._alerts = alerts
        self._claims = claims

    def open(
        self, key: DedupKey, draft: EventDraft, webhook_id: str, alert_id: str, now: datetime
    ) -> bool:
        """Open an alert that holds the key; False if another one holds it (nothing is written)."""
        document = _new_alert(key, draft, webhook_id, alert_id, now)
        number = self._claims.next_number(key.domain_id, key.workspace_id)
        if number is None:
            number = self._highest_number(key) + 1
        for _ in range(_NUMBER_ATTEMPTS):
            try:
                self._alerts.insert_one({**document, "alert_number": number})
            except DuplicateKeyError as error:
                if _violated(error, "alert_number"):
                    number = self._number_above(key, self._highest_number(key))
                    continue
                self._claims.return_number(key.domain_id, key.workspace_id, number)
                return False
            return True
        raise Unavailable("No alert number could be had for the workspace.")

    def join(
        self, key: DedupKey, alert_id: str, draft: EventDraft, now: datetime, *, claim: bool = True
    ) -> bool:
        """Add a delivery to an alert that is not resolved (CONTRACT 4.2).

        False if the alert is resolved, is not there, or another one holds the key. A recovery
        joins with ``claim=False``: it never gives an old alert the key back.
        """
        changes: Document = {"last_seen_at": now, "updated_at": now}
        if claim:
            changes |= {"claim": key.digest, "dedup_key": key.digest}
        if draft.description is not None:
            changes["description"] = draft.description
        try:
            result = self._alerts.update_one(
                {"alert_id": alert_id, "state": _NOT_RESOLVED},
                {"$set": changes, "$inc": {"event_count": 1}},
            )
        except DuplicateKeyError:
            return False
        return result.matched_count == 1

    def resolve(self, alert_id: str, draft: EventDraft, event_id: str, now: datetime) -> bool:
        """A recovery resolves the alert and gives its key free; False if it wasn't open.

        ``event_id`` is the recovery's own: if it never gets recorded, the alert tells.
        """
        changes: Document = {
            "state": RESOLVED,
            "resolved_at": now,
            "last_seen_at": now,
            "updated_at": now,
            "recovery_event_id": event_id,
        }
        if draft.description is not None:
            changes["description"] = draft.description
        result = self._alerts.update_one(
            {"alert_id": alert_id, "state": _NOT_RESOLVED},
            {"$set": changes, "$unset": {"claim": ""}, "$inc": {"event_count": 1}},
        )
        return result.matched_count == 1

    def holder(self, key: DedupKey) -> Holder | None:
        """The alert that holds the key."""
        found = self._alerts.find_one(
            {"claim": key.digest}, ["alert_id", "state", "created_at", "last_seen_at"]
        )
        if found is None:
            return None
        return Holder(
            alert_id=found["alert_id"],
            resolved=found["state"] == RESOLVED,
            created_at=found["created_at"],
            last_seen_at=found.get("last_seen_at"),
        )

    def release(self, key: DedupKey, holder: Holder) -> None:
        """Take the key from an alert whose window is over, unless it was seen again meanwhile."""
        self._alerts.update_one(
            {
                "alert_id": holder.alert_id,
                "claim": key.digest,
                "last_seen_at": holder.last_seen_at,
            },
            {"$unset": {"claim": ""}},
        )

    def newest_open(self, key: DedupKey) -> str | None:
        """The id of the newest alert of the key that is not resolved, however old (CONTRACT 4.3)."""
        found = self._newest(key, {"state": _NOT_RESOLVED})
        return None if found is None else str(found["alert_id"])

    def last_recovery(self, key: DedupKey) -> tuple[str, str] | None:
        """(alert_id, event_id) of the recovery that resolved the key's newest alert, if one did."""
        found = self._newest(key, {})
        if found is None or not found.get("recovery_event_id"):
            return None
        return found["alert_id"], found["recovery_event_id"]

    def open_among(self, alert_ids: Mapping[str, str]) -> frozenset[str]:
        """Those of the alerts (id to digest of the key) that are open and hold their key."""
        found = self._alerts.find(
            {"alert_id": {"$in": list(alert_ids)}, "state": _NOT_RESOLVED}, ["alert_id", "claim"]
        )
        return frozenset(
            one["alert_id"] for one in found if one.get("claim") == alert_ids[one["alert_id"]]
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

    def _newest(self, key: DedupKey, condition: Document) -> Document | None:
        return self._alerts.find_one(
            {"dedup_key": key.digest, **condition},
            ["alert_id", "recovery_event_id"],
            sort=[("created_at", DESCENDING), ("_id", DESCENDING)],
        )

    def _number_above(self, key: DedupKey, floor: int) -> int:
        number = self._claims.next_number(key.domain_id, key.workspace_id, floor)
        return floor + 1 if number is None else number

    def _highest_number(self, key: DedupKey) -> int:
        found = self._alerts.find_one(
            {"domain_id": key.domain_id, "workspace_id": key.workspace_id},
            ["alert_number"],
            sort=[("alert_number", DESCENDING)],
        )
        return 0 if found is None else int(found["alert_number"])


def _violated(error: DuplicateKeyError, field: str) -> bool:
    return field in ((error.details or {}).get("keyPattern") or {})


def _new_alert(
    key: DedupKey, draft: EventDraft, webhook_id: str, alert_id: str, now: datetime
) -> Document:
    return {
        "alert_id": alert_id,
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
        "additional_info": dict(draft.additional_info),
        "triggered_by": webhook_id,
        "webhook_id": webhook_id,
        "domain_id": key.domain_id,
        "workspace_id": key.workspace_id,
        "project_id": key.project_id,
        "event_key": key.event_key,
        "dedup_key": key.digest,
        "claim": key.digest,
        "created_at": now,
        "updated_at": now,
        "last_seen_at": now,
        "event_count": 1,
        "acknowledged_at": None,
        "resolved_at": None,
    }

"""AlertManager: opening, joining and resolving alerts (CONTRACT 4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from event_service.draft import EventType, Severity
from event_service.errors import Unavailable
from event_service.instants import from_milliseconds
from event_service.manager.alert_numbers import AlertNumbers
from event_service.manager.alert_update import HOLDS, RESOLVED, in_waves, joining_update
from event_service.manager.bulk_inserts import insert_all
from event_service.manager.guarded import guarded, plus, value
from event_service.manager.per_document import PerDocument, portions
from event_service.manager.repeat_sums import summed
from event_service.metrics.deliveries import alert_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.collection import Collection

    from event_service.dedup.claims import Claims, PendingRepeats
    from event_service.dedup.decision import Decision
    from event_service.manager.candidate import Candidate
    from event_service.manager.guarded import Expression
    from event_service.manager.key_alerts import KeyAlert

Document = dict[str, Any]

_URGENT = frozenset({Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE})
_LATEST = datetime.max.replace(microsecond=999_000)  # noqa: DTZ901  # instants are naive UTC
# Of another program's date is read what a calendar reaches: less or more than there is.
_BEYOND = {"$gt": ["$last_seen_at", value(_LATEST)]}
_SEEN = {"$cond": [_BEYOND, value(_LATEST), {"$ifNull": ["$last_seen_at", None]}]}
_NUMBER_ATTEMPTS = 100


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
        self._numbers = AlertNumbers(alerts, claims, taken_over=taken_over)

    def open(self, opening: Sequence[tuple[Candidate, Decision]]) -> list[bool]:
        """Open alerts, each as the episode of its key that was decided.

        False for one whose key has such an episode already: it isn't written.
        """
        if not opening:
            return []
        opened = [True] * len(opening)
        numbers = [decision.number for _, decision in opening]
        left = list(range(len(opening)))
        for _ in range(_NUMBER_ATTEMPTS):
            unnumbered = [place for place in left if not numbers[place]]
            drawn = self._numbers.draw([opening[place][0].key for place in unnumbered])
            for place, number in zip(unnumbered, drawn, strict=True):
                numbers[place] = number
            refused = insert_all(
                self._alerts,
                [_document(*opening[place], numbers[place]) for place in left],
            )
            unused = []
            left, before = [], left
            for one in refused:
                place = before[one.place]
                if "alert_number" in one.fields:
                    left.append(place)
                    numbers[place] = 0
                elif "_id" not in one.fields:  # there: our own insert, sent again by the driver
                    unused.append((opening[place][0].key, numbers[place]))
                    opened[place] = False
            self._claims.return_numbers(unused)
            if not left:
                alert_changed("opened", sum(opened))
                return opened
        raise Unavailable("No alert number could be had for the workspace.")

    def join(self, joining: Sequence[Candidate]) -> list[bool]:
        """Add deliveries to their alerts (CONTRACT 4.2, 4.3), in their order.

        False for one whose alert is resolved, is superseded, or is not there. A recovery joins a
        superseded alert too: it goes to the open alert however old.
        """
        if not joining:
            return []
        waves = in_waves(joining)
        changed = 0
        for wave in waves:
            for groups in portions(wave):
                changed += self._update(*joining_update(groups), len(groups))
        if changed in (0, sum(len(wave) for wave in waves)):
            joined = [changed > 0] * len(joining)
        else:
            joined = self._look(joining)
        resolved = (there for one, there in zip(joining, joined, strict=True) if one.ends_claim)
        alert_changed("resolved", sum(resolved))
        return joined

    def supersede(self, alerts: Iterable[KeyAlert]) -> frozenset[str]:
        """Make way for newer alerts where these were not seen again since they were read.

        Answers the ids of those that are known to have done so.
        """
        superseded: set[str] = set()
        for part in portions(list(alerts)):
            per = PerDocument("alert_id", [one.alert_id for one in part])
            unseen = {"$lte": [_SEEN, per.value([one.last_seen_at for one in part])]}
            guard = {"$and": [per.guard, HOLDS, unseen]}
            update = guarded(guard, {"superseded": value(plain=True)})
            if self._update(per.where, update, len(part)) == len(part):
                superseded.update(one.alert_id for one in part)
        return frozenset(superseded)

    def ended_among(self, alert_ids: Iterable[str]) -> dict[str, datetime | None]:
        """Those of the alerts that hold their keys no longer, and when they were resolved (None:
        superseded, not there, or nothing tells)."""
        ended: dict[str, datetime | None] = dict.fromkeys(alert_ids)
        for alert_id, one in self._found(ended, ["state", "superseded", "resolved_at"]).items():
            resolved_at = one.get("resolved_at")
            if one.get("state") == RESOLVED:
                ended[alert_id] = resolved_at if isinstance(resolved_at, datetime) else None
            elif not one.get("superseded"):
                del ended[alert_id]
        return ended

    def add_repeats(self, repeats: Iterable[PendingRepeats]) -> None:
        """Those deliveries repeated events of those alerts."""
        for part in portions(summed(repeats, lambda one: one.alert_id)):
            per = PerDocument("alert_id", [one.document_id for one in part])
            last = per.value([from_milliseconds(one.last_ms) for one in part])
            changes = {
                "event_count": plus("event_count", per.value([one.count for one in part])),
                "last_seen_at": {"$max": ["$last_seen_at", last]},
            }
            self._alerts.update_many(per.where, guarded(per.guard, changes))

    def _update(self, where: Expression, update: Sequence[Expression], count: int) -> int:
        # Only an update of one document is sent again when the connection breaks.
        write = self._alerts.update_one if count == 1 else self._alerts.update_many
        return write(where, update).modified_count

    def _look(self, joining: Sequence[Candidate]) -> list[bool]:
        """Which of them the alerts show, where some were refused.

        One that joined an alert which another caller has resolved since is taken for refused: it
        is then delivered again, as if it had come after that recovery.
        """
        fields = ["dedup_key", "state", "superseded", "recovery_event_id"]
        found = self._found({one.alert_id for one in joining}, fields)
        resolving = {one.event_id for one in joining if one.ends_claim}

        def shown(one: Candidate) -> bool:
            alert = found.get(one.alert_id)
            if alert is None or alert.get("dedup_key") != one.key.digest:
                return False
            recovery = alert.get("recovery_event_id")
            if one.ends_claim:
                return bool(recovery == one.event_id)
            if alert.get("superseded") and not one.recovers:
                return False
            return alert.get("state") != RESOLVED or recovery in resolving

        return [shown(one) for one in joining]

    def _found(self, alert_ids: Iterable[str], fields: list[str]) -> dict[str, Document]:
        """Those alerts, by their ids; a list that has one of the ids in it is none of them."""
        found = self._alerts.find({"alert_id": {"$in": list(alert_ids)}}, ["alert_id", *fields])
        return {one["alert_id"]: one for one in found if isinstance(one["alert_id"], str)}


def _document(one: Candidate, decision: Decision, number: int) -> Document:
    key, draft, at = one.key, one.draft, one.delivery.at
    return {
        "alert_id": one.alert_id,
        "alert_number": number,
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
        "additional_info": one.info,
        "triggered_by": one.delivery.webhook_id,
        "webhook_id": one.delivery.webhook_id,
        "domain_id": key.domain_id,
        "workspace_id": key.workspace_id,
        "project_id": key.project_id,
        "event_key": key.event_key,
        "dedup_key": key.digest,
        "episode": decision.episode,
        "created_at": at,
        "updated_at": at,
        "last_seen_at": at,
        "event_count": 1,
        "acknowledged_at": None,
        "resolved_at": None,
    }

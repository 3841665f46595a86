"""Alerts of a database taken over from Cloudforet's monitoring service.

They have no dedup key of ours. Those that are still open get one, from the newest event that they
have, so that duplicates go on joining them and recoveries find them (CONTRACT 4.2 and 4.3).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from event_service.dedup.key import DedupKey
from event_service.manager.alert_update import A_TEXT, RESOLVED
from event_service.manager.event_document import last_seen
from event_service.wire.foreign import count_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.database import Database

_log = structlog.get_logger(__name__)

_FOREIGN = {"dedup_key": {"$exists": False}}
_TENANT = ("domain_id", "workspace_id", "project_id")
_NUMBERED = ("domain_id", "workspace_id", "alert_number")
"""What must be unique among the alerts that have a dedup key (see ``model.alert``)."""


class Orphan(NamedTuple):
    """An open alert without a dedup key, and the newest event with a key that it has."""

    alert: Mapping[str, Any]
    newest: Mapping[str, Any]


def take_over_alerts(database: Database[dict[str, Any]]) -> bool:
    """Give open alerts of another service their dedup keys; may be repeated at every start.

    True if the database has alerts of another service, open or not: our numbers go on above
    theirs. An alert without any event that has a key, or whose number another alert of its
    workspace has, stays as it is. So does one where another program has left an id or a state that
    is no text, a number that is none, or here or in the newest event no date or an odd tenant.
    """
    if database["alert"].find_one(_FOREIGN, ["_id"]) is None:
        return False
    adopted = 0
    for orphan in orphans(database):
        if adopt(database, orphan):
            adopted += 1
        else:
            alert_id = orphan.alert["alert_id"]
            _log.warning("alert not taken over: its number is not unique", alert_id=alert_id)
    _log.info("alerts taken over", adopted=adopted)
    return True


def orphans(database: Database[dict[str, Any]]) -> Iterator[Orphan]:
    """The open alerts that ``adopt`` is for, the oldest first."""
    alerts, events = database["alert"], database["event"]
    still_open = {**_FOREIGN, "alert_id": A_TEXT, "state": {"$ne": RESOLVED}}
    for alert in alerts.find(still_open).sort("created_at", ASCENDING):
        keyed = {"alert_id": alert["alert_id"], "event_key": A_TEXT}
        newest = events.find_one(keyed, sort=[("created_at", DESCENDING)])
        if newest is not None and _are_readable(alert, newest):
            yield Orphan(alert, newest)


def count_adoptable(database: Database[dict[str, Any]]) -> int:
    """How many alerts ``adopt`` would take over, one after the other; nothing is changed."""
    taken: set[tuple[Any, ...]] = set()
    for orphan in orphans(database):
        numbered = {name: orphan.alert.get(name) for name in _NUMBERED}
        owned = {**numbered, "dedup_key": {"$exists": True}}
        if database["alert"].find_one(owned, ["_id"]) is None:
            taken.add(tuple(numbered.values()))
    return len(taken)


def adopt(database: Database[dict[str, Any]], orphan: Orphan) -> bool:
    """Give an alert its dedup key, if nobody has; False if its number is not unique."""
    alert, newest = orphan
    # Cloudforet's events have no workspace_id: the webhook's, which counts, stands in the alert.
    tenant = {name: newest.get(name) or alert.get(name) or "" for name in _TENANT}
    key = DedupKey(**tenant, event_key=newest["event_key"])
    alerts = database["alert"]
    last = alerts.find_one({"dedup_key": key.digest}, ["episode"], sort=[("episode", DESCENDING)])
    changes = {
        "dedup_key": key.digest,
        "episode": 0 if last is None else count_of(last.get("episode")) + 1,
        "event_key": key.event_key,
        "last_seen_at": last_seen(newest),
        "event_count": database["event"].count_documents({"alert_id": alert["alert_id"]}),
    }
    try:
        # Another process may have been here, and events have joined the alert since.
        alerts.update_one({"alert_id": alert["alert_id"], **_FOREIGN}, {"$set": changes})
    except DuplicateKeyError:
        return False
    return True


def _are_readable(alert: Mapping[str, Any], newest: Mapping[str, Any]) -> bool:
    both = (alert, newest)
    return (
        all(isinstance(each.get("created_at"), datetime) for each in both)
        and all(isinstance(each.get(name), str | None) for each in both for name in _TENANT)
        and isinstance(alert.get("state"), str)
        and isinstance(alert.get("alert_number"), int | float | None)
    )

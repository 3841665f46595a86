"""Alerts of a database taken over from Cloudforet's monitoring service.

They have no dedup key of ours. Those that are still open get one, from the newest event that they
have, so that duplicates go on joining them and recoveries find them (CONTRACT 4.2 and 4.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from event_service.dedup.key import DedupKey
from event_service.manager.alerts import RESOLVED
from event_service.manager.event_document import last_seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database

_log = structlog.get_logger(__name__)

_FOREIGN = {"dedup_key": {"$exists": False}}


def take_over_alerts(database: Database[dict[str, Any]]) -> bool:
    """Give open alerts of another service their dedup keys; may be repeated at every start.

    True if the database has alerts of another service, open or not: our numbers go on above
    theirs. An alert without any event, or whose number another alert of its workspace has, stays
    as it is.
    """
    alerts, events = database["alert"], database["event"]
    if alerts.find_one(_FOREIGN, ["_id"]) is None:
        return False
    adopted = 0
    still_open = {**_FOREIGN, "state": {"$ne": RESOLVED}}
    for alert in alerts.find(still_open).sort("created_at", ASCENDING):
        newest = events.find_one({"alert_id": alert["alert_id"]}, sort=[("created_at", DESCENDING)])
        if newest is None:
            continue
        adopted += _adopt(database, alert, newest)
    _log.info("alerts taken over", adopted=adopted)
    return True


def _adopt(
    database: Database[dict[str, Any]], alert: Mapping[str, Any], newest: Mapping[str, Any]
) -> bool:
    key = DedupKey(
        newest["domain_id"], newest["workspace_id"], newest["project_id"], newest["event_key"]
    )
    alerts = database["alert"]
    last = alerts.find_one({"dedup_key": key.digest}, ["episode"], sort=[("episode", DESCENDING)])
    changes = {
        "dedup_key": key.digest,
        "episode": 0 if last is None else last["episode"] + 1,
        "event_key": key.event_key,
        "last_seen_at": last_seen(newest),
        "event_count": database["event"].count_documents({"alert_id": alert["alert_id"]}),
    }
    try:
        alerts.update_one({"alert_id": alert["alert_id"]}, {"$set": changes})
    except DuplicateKeyError:
        _log.warning("alert not taken over: its number is not unique", alert_id=alert["alert_id"])
        return False
    return True

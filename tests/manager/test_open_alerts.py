"""The number of open alerts is looked up seldom, and only for somebody who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.manager.open_alerts import OpenAlerts
from tests.metrics.scraping import own_scrape

if TYPE_CHECKING:
    from pymongo.database import Database

NAME = "event_service_alerts_open"


def test_counts_what_is_not_resolved_when_asked(mongo_database: Database[dict[str, Any]]) -> None:
    alerts = mongo_database["alert"]
    states = ("TRIGGERED", "ACKNOWLEDGED", "ERROR", "RESOLVED", "RESOLVED")
    alerts.insert_many([{"alert_id": f"alert-{n}", "state": states[n]} for n in range(5)])
    counting = OpenAlerts(alerts)
    own_scrape()
    counting.look()
    assert own_scrape().value(NAME) == 3
    alerts.insert_one({"alert_id": "alert-9", "state": "TRIGGERED"})
    counting.look()  # not yet again
    assert own_scrape().value(NAME) == 3
    OpenAlerts(alerts).look()
    assert own_scrape().value(NAME) == 4


def test_who_asks_first_reads_no_zero(mongo_database: Database[dict[str, Any]]) -> None:
    alerts = mongo_database["alert"]
    alerts.insert_many([{"alert_id": f"alert-{n}", "state": "TRIGGERED"} for n in range(7)])
    OpenAlerts(alerts, asked=lambda _: False).look()
    assert own_scrape().value(NAME) == 7

"""What a database of Cloudforet's monitoring service holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from event_service.instants import utc_now
from tests.service.running import Webhook

if TYPE_CHECKING:
    from pymongo.database import Database

WEBHOOK = Webhook("webhook-0123456789ab", "a key in clear")
TENANT = {"domain_id": "domain-1", "workspace_id": "workspace-1", "project_id": "project-1"}
SEEN = {"event_key": "k1", "title": "disk full", "severity": "ERROR"}


def fill(database: Database[dict[str, Any]]) -> None:
    """A webhook with its key in clear, and three alerts with an event each, two of them open."""
    now = utc_now()
    database["webhook"].insert_one(
        {
            **TENANT,
            "webhook_id": WEBHOOK.webhook_id,
            "name": "old",
            "state": "ENABLED",
            "access_key": WEBHOOK.key,
            "plugin_info": None,
            "created_at": now - timedelta(days=100),
        }
    )
    for number, (state, key, age) in enumerate(
        [("RESOLVED", "k0", 9e6), ("TRIGGERED", "k1", 60), ("ACKNOWLEDGED", "k2", 8e6)], start=7
    ):
        alert = {
            **TENANT,
            "alert_id": f"alert-{number}",
            "alert_number": number,
            "title": "disk full",
            "state": state,
            "created_at": now - timedelta(seconds=age),
        }
        database["alert"].insert_one(alert)
        event = {
            **TENANT,
            **SEEN,
            "event_key": key,
            "event_type": "ALERT",
            "event_id": f"event-{number}",
            "alert_id": f"alert-{number}",
            "webhook_id": WEBHOOK.webhook_id,
            "created_at": now - timedelta(seconds=age),
        }
        database["event"].insert_one(event)

"""Stored events to read among, written straight into the database.

The documents are the service's own. Event 0 is the newest; ``EVENTS_OF_ALERT`` in a row belong to
one alert, and so to one domain.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import bson
from pymongo import MongoClient
from pymongo.write_concern import WriteConcern

from bench.alarm import alarm
from event_service.manager.candidate import candidate_of
from event_service.manager.delivery import Delivery, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.mongodb_address import DEFAULT_DATABASE
from event_service.normalise import normalise
from event_service.parsers.direct import parse
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS_OF_ALERT = 30
OTHER_DOMAINS = 9
CALLER = "domain-0"
LARGE_EVENTS = 1_000
"""The newest ones, which reads meet: they have the payload's size, older ones 1 KiB."""

_AT_ONCE = 1_000
_PROJECTS = 5
_WORKSPACES = 2
_TEMPLATES = 100
_BETWEEN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Stored:
    """How many events are stored, of what size, and whether all are the caller's or a tenth."""

    events: int
    kibibytes: int
    all_callers: bool

    def domain_of(self, alert: int) -> str:
        """The domain of the alert of that number."""
        return CALLER if self.all_callers else f"domain-{alert % (OTHER_DOMAINS + 1)}"

    def caller_alerts(self, most: int) -> list[int]:
        """The numbers of the caller's newest alerts, those alone that have all of their events."""
        alerts = self.events // EVENTS_OF_ALERT
        of_caller = [each for each in range(alerts) if self.domain_of(each) == CALLER]
        return of_caller[:most]


def event_id(number: int) -> str:
    """The id of the event of that number."""
    return f"event-{number:012x}"


def alert_id(number: int) -> str:
    """The id of the alert of that number."""
    return f"alert-{number:012x}"


def seed(mongodb_uri: str, stored: Stored) -> float:
    """Write the events, the oldest first; the seconds that it took."""
    began = time.perf_counter()
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        events = client.get_default_database(DEFAULT_DATABASE)["event"].with_options(
            write_concern=WriteConcern(w=1)
        )
        newest = datetime(2026, 1, 1)  # noqa: DTZ001  # naive and UTC, as the service writes them
        for end in range(stored.events, 0, -_AT_ONCE):
            numbers = range(max(0, end - _AT_ONCE), end)
            events.insert_many(list(documents(stored, numbers, newest)), ordered=False)
    return time.perf_counter() - began


def documents(stored: Stored, numbers: range, newest: datetime) -> Iterator[dict[str, Any]]:
    """The documents of those numbers, the oldest first."""
    made: dict[tuple[int, int], dict[str, Any]] = {}
    for number in reversed(numbers):
        kibibytes = stored.kibibytes if number < LARGE_EVENTS else 1
        shape = (kibibytes, number % _TEMPLATES)
        if shape not in made:
            made[shape] = _template(*shape)
        alert = number // EVENTS_OF_ALERT
        yield made[shape] | {
            "event_id": event_id(number),
            "event_key": f"seed-{alert}",
            "alert_id": alert_id(alert),
            "domain_id": stored.domain_of(alert),
            "workspace_id": f"workspace-{alert % _WORKSPACES}",
            "project_id": f"project-{alert % _PROJECTS}",
            "created_at": newest - number * _BETWEEN,
        }


def _template(kibibytes: int, number: int) -> dict[str, Any]:
    body = alarm("seed", kibibytes, number=number)
    (result,) = parse(body, {})
    delivery = Delivery(
        webhook_id="webhook-000000000000",
        domain_id="",
        workspace_id="",
        project_id="",
        rules=RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object(body),
        at=datetime(2026, 1, 1),  # noqa: DTZ001
    )
    document = candidate_of(delivery, normalise(result).draft).document()
    return dict(bson.decode(bson.encode(document)))

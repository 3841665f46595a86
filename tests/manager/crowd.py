"""Processes of one service that count repeats of the same alarms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from event_service.dedup.claims import Claims
from event_service.dedup.gate import RedisGate
from event_service.manager.alerts import AlertManager
from event_service.manager.event_log import EventLog
from event_service.manager.events import CreateEvent, Sent
from event_service.manager.repeats import RepeatWriter, Replay
from event_service.managers import DatabaseTraits, Managers, build_managers
from event_service.parsers.registry import ParserRegistry, installed_sources
from tests.manager.now import Now

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis
    from pymongo.database import Database

    from event_service.settings import Settings

ALARM = {"event_key": "k1", "title": "disk full"}
LONG = timedelta(seconds=60)


class Crowd:
    """Processes of one service, and what they share."""

    def __init__(
        self, settings: Settings, database: Database[dict[str, Any]], client: redis.Redis
    ) -> None:
        self.database = database
        self.now = Now()
        self._settings = settings
        self._redis = client
        client.flushdb()
        self.first = self.process()
        self.webhook, self._key = self.first.webhooks.create("a webhook", "d", "w", "p")

    def process(self, database: Database[dict[str, Any]] | None = None) -> Managers:
        """One with a client of its own, where it is told to have it."""
        parsers = ParserRegistry(installed_sources())
        its = self.database if database is None else database
        return build_managers(
            self._settings, its, self._redis, parsers, DatabaseTraits(), clock=self.now
        )

    def claims(self, gate: RedisGate | None = None) -> Claims:
        return Claims(self._redis, f"event-service:{self.database.name}", gate or RedisGate())

    def writer(self, claims: Claims, replay: Replay) -> RepeatWriter:
        alerts = AlertManager(self.database["alert"], claims)
        return RepeatWriter(EventLog(self.database), alerts, claims, replay)

    def repeat_what_has_ended(self) -> None:
        """Redis counts a repeat of an alert that was resolved behind its back."""
        self.deliver()
        ended = {"state": "RESOLVED", "resolved_at": self.now.at}
        self.database["alert"].update_many({}, {"$set": ended})
        self.now.at += LONG
        self.deliver()

    def deliver(self, times: int = 1, alarm: Mapping[str, Any] = ALARM) -> None:
        """By the first process, which writes no counts of its own accord."""
        for _ in range(times):
            self.first.events.create(self.request(alarm))

    def request(self, alarm: Mapping[str, Any]) -> CreateEvent:
        return CreateEvent(self.webhook.webhook_id, self._key, lambda: Sent(alarm))

    def counted(self) -> tuple[int, int]:
        """The repeats of the only event, and of its alert."""
        (event,) = self.database["event"].find()
        (alert,) = self.database["alert"].find()
        return event["repeat_count"], alert["event_count"] - 1

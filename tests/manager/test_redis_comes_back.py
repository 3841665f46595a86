"""Redis was away, and what it knows when it is back is from before (CONTRACT 4.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.dedup.key import DedupKey
from event_service.manager.delivery import Outcome
from event_service.manager.events import CreateEvent, Sent
from event_service.managers import DatabaseTraits, Managers, build_managers
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.plugins.plugin import PluginInfo
from tests.eventually import eventually
from tests.manager.now import Now

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis
    from pymongo.database import Database

    from event_service.settings import Settings
    from tests.manager.conftest import StoppableRedis

TENANT = ("domain-1", "workspace-1", "project-1")
ALARM = {"event_key": "k1", "title": "disk full"}
CHANGED = ALARM | {"title": "disk fuller"}
RECOVERY = ALARM | {"title": "disk free", "event_type": "RECOVERY"}
WINDOW_SECONDS = 86_400


class Managing:
    """One process's managers, on a Redis that forgets nothing when it is killed."""

    def __init__(
        self, managers: Managers, now: Now, server: StoppableRedis, client: redis.Redis
    ) -> None:
        self.managers = managers
        self.now = now
        self._server = server
        self._client = client
        plugin = PluginInfo(metadata={"duplicate_event_time": WINDOW_SECONDS})
        self._webhook, self._key = managers.webhooks.create("a webhook", *TENANT, plugin=plugin)

    def create(self, data: dict[str, Any]) -> Outcome:
        call = CreateEvent(self._webhook.webhook_id, self._key, lambda: Sent(data))
        (outcome,) = self.managers.events.create(call).outcomes
        return outcome

    def redis_goes(self) -> None:
        self._server.stop()

    def redis_returns(self) -> None:
        self._server.start()

    def redis_is_asked(self) -> bool:
        """Whether Redis is trusted again, which takes a second; brings an alarm of another key."""
        self.create(ALARM | {"event_key": "another"})
        another = DedupKey(*TENANT, "another")
        return any(True for _ in self._client.scan_iter(f"*:claim:{another.digest}"))

    def claimed_for(self, event_key: str) -> int:
        """The seconds that Redis still keeps the claim of a key."""
        (claim,) = self._client.scan_iter(f"*:claim:{DedupKey(*TENANT, event_key).digest}")
        return int(self._client.ttl(claim))

    def uncounted(self) -> bool:
        """Whether Redis still has counts that it takes for not written."""
        return any(True for _ in self._client.scan_iter("*:pending"))


@pytest.fixture
def managing(
    webhook_database: Database[dict[str, Any]],
    lasting_redis: tuple[StoppableRedis, redis.Redis],
    store_settings: Settings,
) -> Iterator[Managing]:
    server, client = lasting_redis
    now = Now()
    managers = build_managers(
        store_settings,
        webhook_database,
        client,
        ParserRegistry(installed_sources()),
        DatabaseTraits(),
        clock=now,
    )
    yield Managing(managers, now, server, client)
    managers.plugins.close()


def test_counts_from_before_a_recovery_open_no_alert_after_it(
    managing: Managing, webhook_database: Database[dict[str, Any]]
) -> None:
    assert managing.create(ALARM) is Outcome.RECORDED
    assert managing.create(ALARM) is Outcome.REPEATED
    managing.redis_goes()
    assert managing.create(RECOVERY) is Outcome.RECORDED
    # The count is written; that it is, Redis can't be told.
    assert managing.managers.flusher.flush()
    managing.redis_returns()
    # Older than what a living process would long have written.
    managing.now.at += timedelta(seconds=60)

    def adopted() -> bool:
        managing.managers.flusher.adopt_orphans()
        return not managing.uncounted()

    assert managing.uncounted()
    eventually(adopted)
    assert [alert["state"] for alert in webhook_database["alert"].find()] == ["RESOLVED"]
    assert webhook_database["event"].count_documents({}) == 2


def test_a_repeat_of_what_came_meanwhile_is_a_repeat(
    managing: Managing, webhook_database: Database[dict[str, Any]]
) -> None:
    assert managing.create(ALARM) is Outcome.RECORDED
    managing.redis_goes()
    assert managing.create(CHANGED) is Outcome.RECORDED
    managing.redis_returns()

    eventually(managing.redis_is_asked)
    for _ in range(3):
        assert managing.create(CHANGED) is Outcome.REPEATED
    assert webhook_database["event"].count_documents({"event_key": "k1"}) == 2


def test_an_alert_that_was_opened_meanwhile_is_the_only_one(
    managing: Managing, webhook_database: Database[dict[str, Any]]
) -> None:
    managing.redis_goes()
    assert managing.create(ALARM) is Outcome.RECORDED
    managing.redis_returns()

    eventually(managing.redis_is_asked)
    assert managing.create(ALARM) is Outcome.REPEATED
    assert webhook_database["alert"].count_documents({"event_key": "k1"}) == 1


def test_an_alarm_after_a_recovery_that_resolves_nothing_is_recorded(
    managing: Managing, webhook_database: Database[dict[str, Any]]
) -> None:
    webhook_database["webhook"].update_many({}, {"$set": {"recovery_mode": "MANUAL"}})
    assert managing.create(ALARM) is Outcome.RECORDED
    managing.redis_goes()
    assert managing.create(RECOVERY) is Outcome.RECORDED
    managing.redis_returns()

    eventually(managing.redis_is_asked)
    assert managing.create(ALARM) is Outcome.RECORDED
    assert webhook_database["alert"].count_documents({"event_key": "k1"}) == 1


def test_an_alarm_that_comes_back_after_a_recovery_opens_an_alert(
    managing: Managing, webhook_database: Database[dict[str, Any]]
) -> None:
    assert managing.create(ALARM) is Outcome.RECORDED
    managing.redis_goes()
    assert managing.create(RECOVERY) is Outcome.RECORDED
    managing.redis_returns()
    eventually(managing.redis_is_asked)
    # Redis still takes the alert for open, and counts.
    managing.create(ALARM)
    assert managing.managers.flusher.flush()
    alerts = webhook_database["alert"].find({"event_key": "k1"}).sort("episode", 1)
    assert [alert["state"] for alert in alerts] == ["RESOLVED", "TRIGGERED"]
    # What is delivered anew goes by the rules of its webhook too.
    assert managing.claimed_for("k1") > WINDOW_SECONDS / 2


def test_an_event_without_a_workspace_is_delivered_anew_to_that_of_its_webhook(
    managing: Managing, webhook_database: Database[dict[str, Any]]
) -> None:
    assert managing.create(ALARM) is Outcome.RECORDED
    assert managing.create(RECOVERY) is Outcome.RECORDED
    webhook_database["event"].update_many({}, {"$unset": {"workspace_id": ""}})
    event = webhook_database["event"].find_one({"event_type": "ALERT"})
    assert event is not None
    assert managing.managers.events.replay(event) is Outcome.RECORDED
    alerts = webhook_database["alert"].find({"workspace_id": "workspace-1"}).sort("episode", 1)
    assert [alert["state"] for alert in alerts] == ["RESOLVED", "TRIGGERED"]

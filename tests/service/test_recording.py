"""Deliveries of one key: what is recorded, counted, joined and resolved (CONTRACT 3 and 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.instants import utc_now
from event_service.policies import RecordingPolicy, RecoveryMode
from tests.service.alarms import disk_full

if TYPE_CHECKING:
    from redis import Redis

    from tests.service.running import Running, Start


def test_an_alert_has_what_its_event_says(running: Running) -> None:
    webhook = running.webhook()
    said = {"severity": "CRITICAL", "resources": ["a"], "additional_info": {"x": "y"}}
    texts = ("title", "description", "rule", "image_url", "provider", "account", "event_key")
    running.client.create(webhook, said | {text: f"the {text}" for text in texts})
    (event,), (alert,) = running.events(), running.alerts()
    same = (*texts, "severity", "additional_info", "alert_id", "webhook_id", "created_at")
    for field in (*same, "domain_id", "workspace_id", "project_id"):
        assert alert[field] == event[field], field
    assert (alert["state"], alert["urgency"]) == ("TRIGGERED", "HIGH")
    assert (alert["triggered_by"], alert["resources"]) == (webhook.webhook_id, [{"name": "a"}])
    assert alert["created_at"] == alert["updated_at"] == alert["last_seen_at"]


def test_a_repeat_is_counted_on_its_event_and_alert(running: Running) -> None:
    webhook = running.webhook()
    for _ in range(3):
        assert running.client.create(webhook, disk_full()).status == "OK"
    assert running.service.flush_counts()
    (event,), (alert,) = running.events(), running.alerts()
    assert event["repeat_count"] == 2
    assert event["last_repeated_at"] >= event["created_at"]
    assert alert["event_count"] == 3
    assert alert["last_seen_at"] == event["last_repeated_at"]


@pytest.mark.parametrize(
    "change",
    [
        {"event_type": "ERROR"},
        {"severity": "CRITICAL"},
        {"title": "other"},
        {"description": "other"},
        {"rule": "other"},
        {"resources": ["other"]},
        {"provider": "other"},
        {"account": "other"},
        {"image_url": "http://other.example/"},
        {"additional_info": {"other": 1}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_says_something_new_is_recorded(running: Running, change: dict[str, Any]) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    running.client.create(webhook, disk_full(**change))
    running.client.create(webhook, disk_full(**change))
    running.client.create(webhook, disk_full())
    assert len(running.events()) == 3
    assert len(running.alerts()) == 1


def test_raw_data_alone_says_nothing_new(running: Running) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full(occurred_at="2024-01-01T00:00:00Z", other=1))
    running.client.create(webhook, disk_full(occurred_at="2024-01-01T00:01:00Z", other=2))
    (event,) = running.events()
    assert event["raw_data"]["other"] == 1


def test_policy_first_records_only_what_opens_and_what_recovers(running: Running) -> None:
    webhook = running.webhook(recording_policy=RecordingPolicy.FIRST)
    for title in ("one", "two", "three"):
        running.client.create(webhook, disk_full(title=title))
    running.client.create(webhook, disk_full(event_type="RECOVERY"))
    assert [event["event_type"] for event in running.events()] == ["ALERT", "RECOVERY"]
    assert running.service.flush_counts()
    assert running.events()[0]["repeat_count"] == 2


def test_policy_first_records_what_recovers_also_when_the_database_decides(
    running: Running, redis_client: Redis
) -> None:
    rules = {"recording_policy": RecordingPolicy.FIRST, "recovery_mode": RecoveryMode.MANUAL}
    webhook = running.webhook(**rules)
    for event_type in ("ALERT", "RECOVERY", "RECOVERY"):
        redis_client.flushdb()
        running.client.create(webhook, disk_full(event_type=event_type))
    running.client.create(webhook, disk_full())
    assert [event["event_type"] for event in running.events()] == ["ALERT", "RECOVERY"]
    assert len(running.alerts()) == 1


@pytest.mark.parametrize("forgotten", [False, True])
def test_policy_first_has_the_alert_know_what_it_does_not_record(
    running: Running,
    redis_client: Redis,
    forgotten: bool,  # noqa: FBT001
) -> None:
    webhook = running.webhook(recording_policy=RecordingPolicy.FIRST)
    for said in ("one", "two", "two", "three"):
        running.client.create(webhook, disk_full(description=said))
        if forgotten:
            redis_client.flushdb()
    assert running.service.flush_counts()
    (event,), (alert,) = running.events(), running.alerts()
    assert (event["description"], event["repeat_count"]) == ("one", 3)
    assert (alert["description"], alert["event_count"]) == ("three", 4)


def test_an_absent_description_never_wipes_one(running: Running) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full(description="first"))
    running.client.create(webhook, disk_full(title="other"))
    assert running.alerts()[0]["description"] == "first"
    running.client.create(webhook, disk_full(description="second"))
    assert running.alerts()[0]["description"] == "second"


def test_a_recovery_finds_an_alert_that_redis_has_forgotten(
    running: Running, redis_client: Redis
) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    redis_client.flushdb()
    _age(running, days=300)
    running.client.create(webhook, disk_full(event_type="RECOVERY"))
    (alert,) = running.alerts()
    assert alert["state"] == "RESOLVED"
    assert alert["resolved_at"] is not None
    assert [event["alert_id"] for event in running.events()] == [alert["alert_id"]] * 2


def test_after_a_recovery_the_next_alert_opens_a_new_one(running: Running) -> None:
    webhook = running.webhook()
    for event_type in ("ALERT", "RECOVERY", "ALERT", "ALERT"):
        running.client.create(webhook, disk_full(event_type=event_type))
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED", "TRIGGERED"]
    assert len(running.events()) == 3


def test_a_recovery_without_an_open_alert_is_dropped(running: Running) -> None:
    webhook = running.webhook()
    assert running.client.create(webhook, disk_full(event_type="RECOVERY")).status == "OK"
    assert running.events() == []
    assert running.alerts() == []


def test_redis_emptied_changes_nothing(running: Running, redis_client: Redis) -> None:
    webhook = running.webhook()
    for title in ("one", "one", "two", "two", "two"):
        running.client.create(webhook, disk_full(title=title))
        assert running.service.flush_counts()
        redis_client.flushdb()
    assert [event["repeat_count"] for event in running.events()] == [1, 2]
    (alert,) = running.alerts()
    assert alert["event_count"] == 5
    running.client.create(webhook, disk_full(event_key="k2"))
    assert [alert["alert_number"] for alert in running.alerts()] == [1, 2]


def test_what_the_database_decides_is_told_to_redis(running: Running, redis_client: Redis) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full(title="one"))
    redis_client.flushdb()
    running.client.create(webhook, disk_full(title="two"))
    (claim,), (alert,) = redis_client.scan_iter("*:claim:*"), running.alerts()
    assert redis_client.hget(claim, "alert") == alert["alert_id"]
    running.client.create(webhook, disk_full(title="two"))
    assert [event["title"] for event in running.events()] == ["one", "two"]


def test_what_was_last_recorded_is_told_to_redis(running: Running, redis_client: Redis) -> None:
    first = running.webhook("first", recording_policy=RecordingPolicy.FIRST)
    running.client.create(first, disk_full(title="one"))
    redis_client.flushdb()
    running.client.create(first, disk_full(title="two"))
    running.client.create(running.webhook("changed"), disk_full(title="two"))
    assert [event["title"] for event in running.events()] == ["one", "two"]


def test_redis_emptied_after_one_delivery_that_says_more_of_a_key_changes_nothing(
    running: Running, redis_client: Redis
) -> None:
    webhook = running.webhook()
    titles = [f"disk {number}% full" for number in range(60, 100)]
    running.client.create(webhook, {"results": [disk_full(title=title) for title in titles]})
    redis_client.flushdb()
    running.client.create(webhook, disk_full(title=titles[-1]))
    assert [event["title"] for event in running.events()] == titles
    assert running.events()[-1]["repeat_count"] == 1


def test_a_recovery_ends_no_alarm_that_comes_after_it_in_its_delivery(running: Running) -> None:
    both = {"results": [disk_full(event_type="RECOVERY"), disk_full()]}
    running.client.create(running.webhook(), both)
    (alert,) = running.alerts()
    assert alert["state"] == "TRIGGERED"


def test_the_window_slides_with_repeats_also_when_the_database_decides(
    start: Start, redis_client: Redis
) -> None:
    # No time passes but what is said here: a second too much is what this is about.
    now = utc_now()
    running = start(clock=lambda: now)
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    _age(running, seconds=599)
    redis_client.flushdb()
    running.client.create(webhook, disk_full())
    _age(running, seconds=599)
    redis_client.flushdb()
    running.client.create(webhook, disk_full(title="other"))
    assert len(running.alerts()) == 1
    _age(running, seconds=600)
    redis_client.flushdb()
    running.client.create(webhook, disk_full(title="other"))
    assert [alert["state"] for alert in running.alerts()] == ["TRIGGERED", "TRIGGERED"]


def test_the_window_of_the_plugin_wins(running: Running, redis_client: Redis) -> None:
    webhook = running.webhook(metadata={"duplicate_event_time": 30.0})
    running.client.create(webhook, disk_full())
    (claim,) = redis_client.keys("*:claim:*")
    # The writes that come after it may take some of that.
    assert 10_000 < redis_client.pttl(claim) <= 30_000


def test_an_alert_resolved_behind_our_back_is_not_fed_any_longer(running: Running) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    running.database["alert"].update_one({}, {"$set": {"state": "RESOLVED"}})
    running.client.create(webhook, disk_full(title="news"))
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED", "TRIGGERED"]
    running.database["alert"].update_many({}, {"$set": {"state": "RESOLVED"}})
    running.client.create(webhook, disk_full(title="news"))
    assert running.service.flush_counts()
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED", "RESOLVED", "TRIGGERED"]


def test_repeats_counted_just_before_the_recovery_reopen_nothing(running: Running) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    running.client.create(webhook, disk_full())
    running.client.create(webhook, disk_full(event_type="RECOVERY"))
    assert running.service.flush_counts()
    (alert,) = running.alerts()
    assert alert["state"] == "RESOLVED"
    assert alert["event_count"] == 3


def test_an_alarm_that_outlives_its_event_is_recorded_again(running: Running) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    running.database["event"].delete_many({})  # as retention does
    running.client.create(webhook, disk_full())
    assert running.service.flush_counts()
    running.client.create(webhook, disk_full())
    (event,), (alert,) = running.events(), running.alerts()
    assert event["alert_id"] == alert["alert_id"]


def test_one_bad_result_does_not_lose_its_siblings(running: Running) -> None:
    webhook = running.webhook("the hook")
    results = [
        disk_full(),
        {"event_key": "k2", "title": "x", "severity": "AWFUL"},
        disk_full(event_key="k3"),
    ]
    for _ in range(2):
        assert running.client.create(webhook, {"results": results}).status == "OK"
    one, bad, three = running.events()
    assert (one["event_key"], three["event_key"]) == ("k1", "k3")
    assert bad["title"] == "Webhook Event Parsing Error - the hook"
    assert (bad["event_type"], bad["severity"]) == ("ERROR", "CRITICAL")
    assert bad["raw_data"]["results"] == results
    assert len(running.alerts()) == 3


def test_what_is_not_understood_opens_one_alert_and_not_one_per_request(running: Running) -> None:
    webhook = running.webhook()
    for number in range(3):
        assert running.client.create(webhook, {"nonsense": number}).status == "OK"
    assert running.service.flush_counts()
    (alert,) = running.alerts()
    assert alert["state"] == "ERROR"
    requests = running.service.webhooks.get(webhook.webhook_id).requests
    assert (requests.total, requests.error) == (3, 3)


def _age(running: Running, **ago: float) -> None:
    age = timedelta(**ago)
    for event in running.events():
        changes = {
            key: event[key] - age for key in ("created_at", "last_repeated_at") if event[key]
        }
        running.database["event"].update_one({"_id": event["_id"]}, {"$set": changes})

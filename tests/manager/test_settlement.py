"""What the database decides about a batch, those of one key in their order (CONTRACT 4.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import DuplicateKeyError

from event_service.manager.candidate import Candidate, candidate_of
from event_service.manager.delivery import Delivery, Outcome, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.policies import RecordingPolicy, RecoveryMode
from tests.manager.deciders import Deciders, deciders_on

if TYPE_CHECKING:
    import redis
    from pymongo.database import Database

NOW = datetime(2024, 3, 1, 1)  # noqa: DTZ001  # instants are naive
RULES = RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600)
FIRST_ALONE = RULES._replace(policy=RecordingPolicy.FIRST)
MANUAL = RULES._replace(recovery=RecoveryMode.MANUAL)


@pytest.fixture
def deciders(webhook_database: Database[dict[str, Any]], redis_client: redis.Redis) -> Deciders:
    redis_client.flushdb()
    return deciders_on(webhook_database, redis_client)


def _alarm(title: str = "t", rules: RecordingRules = RULES, *, at: datetime = NOW) -> Candidate:
    return _event({"title": title, "event_type": "ALERT"}, rules, at)


def _recovery(rules: RecordingRules = RULES) -> Candidate:
    return _event({"title": "over", "event_type": "RECOVERY"}, rules, NOW)


def _event(said: dict[str, Any], rules: RecordingRules, at: datetime) -> Candidate:
    delivery = Delivery(
        webhook_id="webhook-000000000001",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=rules,
        raw_data=stored_object({}),
        at=at,
    )
    return candidate_of(delivery, normalise({"event_key": "k", **said}).draft)


def test_those_of_one_key_are_as_if_they_came_one_by_one(
    deciders: Deciders, webhook_database: Database[dict[str, Any]]
) -> None:
    batch = [_alarm(), _alarm(), _alarm("worse"), _alarm("worse"), _alarm()]
    assert deciders.database.settle(batch) == [
        Outcome.RECORDED,
        Outcome.REPEATED,
        Outcome.RECORDED,
        Outcome.REPEATED,
        Outcome.RECORDED,
    ]
    (alert,) = webhook_database["alert"].find()
    assert alert["event_count"] == len(batch)
    counts = [one["repeat_count"] for one in webhook_database["event"].find(sort=[("_id", 1)])]
    assert counts == [1, 1, 0]


def test_an_alarm_and_a_recovery_of_one_key_are_decided_one_after_the_other(
    deciders: Deciders,
) -> None:
    assert deciders.database.settle([_recovery(), _alarm()]) == [Outcome.DROPPED, None]
    assert deciders.database.settle([_alarm(), _recovery()]) == [Outcome.RECORDED, None]


def test_what_comes_after_the_end_of_an_alert_is_decided_anew(deciders: Deciders) -> None:
    deciders.database.settle([_alarm()])
    assert deciders.database.settle([_recovery(), _recovery()]) == [Outcome.RECORDED, None]


def test_redis_is_told_what_was_recorded_and_what_was_said(deciders: Deciders) -> None:
    deciders.database.settle([_alarm("first")])
    assert deciders.database.settle([_alarm("other", FIRST_ALONE)]) == [Outcome.REPEATED]
    # It is what was recorded, and no repeat of what was said.
    assert deciders.redis.record([_alarm("first")]) == [Outcome.REPEATED]
    assert deciders.redis.record([_alarm("other")]) == [Outcome.RECORDED]


def test_redis_is_told_of_no_recovery_that_ends_nothing(
    deciders: Deciders, redis_client: redis.Redis
) -> None:
    deciders.database.settle([_alarm()])
    redis_client.flushdb()
    assert deciders.database.settle([_recovery(MANUAL)]) == [Outcome.RECORDED]
    assert not redis_client.keys("*:claim:*")


def test_redis_is_told_of_nothing_that_was_refused(
    deciders: Deciders, webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> None:
    deciders.database.settle([_alarm()])
    webhook_database["event"].create_index("event_key", unique=True)
    redis_client.flushdb()
    (fault,) = deciders.database.settle([_alarm("worse")])
    assert isinstance(fault, DuplicateKeyError)
    assert not redis_client.keys("*:claim:*")


def test_a_recovery_that_was_never_recorded_has_the_id_that_its_alert_names(
    deciders: Deciders, webhook_database: Database[dict[str, Any]]
) -> None:
    deciders.database.settle([_alarm()])
    ended = {"state": "RESOLVED", "resolved_at": NOW, "recovery_event_id": "event-0123456789ab"}
    webhook_database["alert"].update_one({}, {"$set": ended})
    assert deciders.database.settle([_recovery()]) == [Outcome.RECORDED]
    recorded = webhook_database["event"].find_one({"event_type": "RECOVERY"})
    alert = webhook_database["alert"].find_one({})
    assert recorded is not None
    assert alert is not None
    assert recorded["event_id"] == "event-0123456789ab"
    assert recorded["alert_id"] == alert["alert_id"]
    assert deciders.database.settle([_recovery()]) == [Outcome.DROPPED]


def test_an_alert_that_was_seen_since_it_was_read_does_not_make_way(
    deciders: Deciders, webhook_database: Database[dict[str, Any]]
) -> None:
    deciders.database.settle([_alarm()])
    (read,) = deciders.keys.newest([_alarm().key.digest]).values()
    seen = {"$set": {"last_seen_at": NOW + timedelta(seconds=1)}}
    webhook_database["alert"].update_one({}, seen)
    assert deciders.alerts.supersede([read]) == frozenset()
    (again,) = deciders.keys.newest([_alarm().key.digest]).values()
    assert again.holds
    assert deciders.alerts.supersede([again]) == {read.alert_id}
    (marked,) = deciders.keys.newest([_alarm().key.digest]).values()
    assert (marked.is_open, marked.holds) == (True, False)


def test_what_redis_counts_on_an_event_that_is_gone_the_database_decides(
    deciders: Deciders, webhook_database: Database[dict[str, Any]]
) -> None:
    deciders.redis.record([_alarm()])
    webhook_database["event"].delete_many({})
    assert deciders.redis.record([_alarm("other", FIRST_ALONE)]) == [None]
    assert deciders.database.settle([_alarm("other", FIRST_ALONE)]) == [Outcome.RECORDED]

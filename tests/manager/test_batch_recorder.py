"""What is recorded together: a fault, and a copy, are of those alone that they concern."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import DuplicateKeyError, PyMongoError

from event_service.manager.candidate import Candidate, candidate_of
from event_service.manager.delivery import Delivery, Outcome, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.store_clients import connect_mongodb, database_of
from tests.manager.deciders import deciders_on
from tests.manager.refused_counts import refused
from tests.metrics.scraping import own_scrape
from tests.mongodb_relay import mongodb_relay

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis
    from pymongo.database import Database

    from event_service.manager.batch_recorder import BatchRecorder
    from event_service.settings import Settings

NOW = datetime(2024, 3, 1, 1)  # noqa: DTZ001  # instants are naive


@pytest.fixture
def recorder(
    webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> BatchRecorder:
    redis_client.flushdb()
    return deciders_on(webhook_database, redis_client).redis


def _event(
    event_key: str,
    policy: RecordingPolicy,
    identity: str = "",
    event_type: str = "ALERT",
    title: str = "t",
) -> Candidate:
    delivery = Delivery(
        webhook_id="webhook-000000000001",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=RecordingRules(policy, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object({}),
        at=NOW,
        identity=identity,
    )
    said = {"event_key": event_key, "event_type": event_type, "title": title}
    return candidate_of(delivery, normalise(said).draft)


def test_what_cant_be_counted_takes_nothing_with_it_that_is_recorded(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]]
) -> None:
    events = webhook_database["event"]
    assert recorder.record([_event("old", RecordingPolicy.FIRST)]) == [Outcome.RECORDED]
    joining = _event("old", RecordingPolicy.FIRST)._replace(fingerprint="of something else")
    new = _event("new", RecordingPolicy.CHANGED)
    with refused(events, "repeat_count", 1):
        fault, outcome = recorder.record([joining, new])
    assert isinstance(fault, PyMongoError)
    assert outcome is Outcome.RECORDED
    assert events.count_documents({"event_key": "new"}) == 1


def test_repeats_that_cant_be_confirmed_take_nothing_with_them_that_is_recorded(
    recorder: BatchRecorder,
    webhook_database: Database[dict[str, Any]],
    redis_client: redis.Redis,
    store_settings: Settings,
) -> None:
    old, new = (_event(key, RecordingPolicy.CHANGED) for key in ("old", "new"))
    assert recorder.record([old]) == [Outcome.RECORDED]
    over = {"ok": 0.0, "code": 50, "codeName": "MaxTimeMSExpired", "errmsg": "over"}

    def answer(command: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return over if command.get("find") == "event" else None

    with (
        mongodb_relay(webhook_database, answer) as uri,
        connect_mongodb(uri, store_settings) as client,
    ):
        fault, outcome = deciders_on(database_of(client), redis_client).redis.record([old, new])
    assert isinstance(fault, PyMongoError)
    assert outcome is Outcome.RECORDED


def test_what_an_index_of_another_service_refuses_is_refused_alone_and_once(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]]
) -> None:
    webhook_database["event"].create_index("event_key", unique=True)
    assert recorder.record([_event("k", RecordingPolicy.ALL)]) == [Outcome.RECORDED]
    batch = [_event("k", RecordingPolicy.ALL), _event("new", RecordingPolicy.ALL)]
    fault, outcome = recorder.record(batch)
    assert isinstance(fault, DuplicateKeyError)
    assert "event_key" in str(fault)
    assert outcome is Outcome.RECORDED


def test_copies_of_a_call_in_one_batch_are_one(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]]
) -> None:
    copies = [_event("k", RecordingPolicy.ALL, identity="00-trace-1") for _ in range(3)]
    other = _event("k", RecordingPolicy.ALL, identity="00-trace-2")
    assert recorder.record([*copies, other]) == [
        Outcome.RECORDED,
        Outcome.REPEATED,
        Outcome.REPEATED,
        Outcome.RECORDED,
    ]
    (alert,) = webhook_database["alert"].find()
    assert alert["event_count"] == 2


def test_a_copy_of_what_is_refused_is_refused_too(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]]
) -> None:
    webhook_database["event"].create_index("event_key", unique=True)
    assert recorder.record([_event("k", RecordingPolicy.ALL)]) == [Outcome.RECORDED]
    copies = [_event("k", RecordingPolicy.ALL, identity="00-trace-1") for _ in range(2)]
    assert [type(outcome) for outcome in recorder.record(copies)] == [DuplicateKeyError] * 2


def test_what_joins_an_alert_is_what_redis_knows_as_said_last(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]]
) -> None:
    one = _event("k", RecordingPolicy.FIRST)
    assert recorder.record([one]) == [Outcome.RECORDED]
    for said in (one._replace(fingerprint="of something else"), one):
        assert recorder.record([said]) == [Outcome.REPEATED]
    (alert,) = webhook_database["alert"].find()
    assert alert["event_count"] == 3  # at once: both joined


def test_what_cant_join_an_alert_that_has_ended_is_the_databases_to_decide(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]]
) -> None:
    one = _event("k", RecordingPolicy.FIRST)
    assert recorder.record([one]) == [Outcome.RECORDED]
    webhook_database["alert"].update_many({}, {"$set": {"state": "RESOLVED"}})
    assert recorder.record([one._replace(fingerprint="of something else")]) == [None]


def test_what_fires_again_after_it_was_over_is_recorded_with_what_is_new(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> None:
    for event_type in ("ALERT", "RECOVERY"):
        event = _event("k", RecordingPolicy.CHANGED, event_type=event_type)
        assert recorder.record([event]) == [Outcome.RECORDED]
    redis_client.delete(*redis_client.keys("*:claim:*"))  # as it forgets what was long ago
    batch = [_event(key, RecordingPolicy.CHANGED) for key in ("new", "k")]
    assert recorder.record(batch) == [Outcome.RECORDED] * 2
    alerts = webhook_database["alert"].find({"state": "TRIGGERED"}, sort=[("alert_number", 1)])
    assert [(one["event_key"], one["alert_number"]) for one in alerts] == [("new", 2), ("k", 3)]


def test_what_redis_forgot_joins_its_alert_and_redis_is_told(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> None:
    for title in ("t", "worse"):
        redis_client.delete("", *redis_client.keys("*:claim:*"))
        event = _event("k", RecordingPolicy.CHANGED, title=title)
        assert recorder.record([event]) == [Outcome.RECORDED]
    with refused(webhook_database["alert"], "last_seen_at", 1):
        assert recorder.record([event]) == [Outcome.REPEATED]  # counted by Redis alone
    assert recorder.record([_event("new", RecordingPolicy.CHANGED)]) == [Outcome.RECORDED]
    alerts = webhook_database["alert"].find(sort=[("alert_number", 1)])
    assert [(one["event_key"], one["alert_number"]) for one in alerts] == [("k", 1), ("new", 2)]


def test_who_told_news_from_duplicates_is_counted(
    recorder: BatchRecorder, redis_client: redis.Redis
) -> None:
    def told() -> list[float]:
        scrape = own_scrape()
        return [
            scrape.value("event_service_dedup_answers_total", origin=origin)
            for origin in ("redis", "batch", "database")
        ]

    def sent(*keys: str, title: str = "t") -> None:
        recorder.record([_event(key, RecordingPolicy.CHANGED, title=title) for key in keys])

    sent("old")
    redis_client.delete(*redis_client.keys("*:claim:*"))
    before = told()
    sent("old", "new", "new")
    sent("old", "new")
    sent("old", title="worse")
    assert [after - one for after, one in zip(told(), before, strict=True)] == [4, 1, 1]


def test_what_redis_takes_for_new_and_is_not_is_the_databases_to_decide(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> None:
    assert recorder.record([_event("k", RecordingPolicy.CHANGED)]) == [Outcome.RECORDED]
    redis_client.delete(*redis_client.keys("*:claim:*"), *redis_client.keys("*:seen"))
    assert recorder.record([_event("k", RecordingPolicy.CHANGED)]) == [None]
    # The number that was drawn for it goes back.
    assert recorder.record([_event("new", RecordingPolicy.CHANGED)]) == [Outcome.RECORDED]
    alerts = webhook_database["alert"].find(sort=[("alert_number", 1)])
    assert [(one["event_key"], one["alert_number"]) for one in alerts] == [("k", 1), ("new", 2)]


def test_who_is_outrun_in_opening_an_alert_is_decided_anew(
    recorder: BatchRecorder,
    webhook_database: Database[dict[str, Any]],
    redis_client: redis.Redis,
    store_settings: Settings,
) -> None:
    faster, one = [_event("k", RecordingPolicy.CHANGED)], _event("k", RecordingPolicy.CHANGED)

    def outrun(command: Mapping[str, Any]) -> None:
        if command.get("insert") == "alert" and faster:
            redis_client.flushdb()
            assert recorder.record([faster.pop()]) == [Outcome.RECORDED]

    with (
        mongodb_relay(webhook_database, outrun) as uri,
        connect_mongodb(uri, store_settings) as client,
    ):
        deciders = deciders_on(database_of(client), redis_client)
        assert deciders.redis.record([one]) == [None]
        assert deciders.database.settle([one]) == [Outcome.REPEATED]
    assert recorder.record([_event("new", RecordingPolicy.CHANGED)]) == [Outcome.RECORDED]
    alerts = webhook_database["alert"].find(sort=[("alert_number", 1)])
    counts = [(one["event_key"], one["alert_number"], one["event_count"]) for one in alerts]
    assert counts == [("k", 1, 2), ("new", 2, 1)]


def test_another_process_believes_redis_about_what_the_database_has(
    recorder: BatchRecorder, webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> None:
    batch = [_event(key, RecordingPolicy.CHANGED) for key in ("k1", "k2", "k3")]
    recorder.record(batch)
    webhook_database["event"].delete_one({"event_key": "k2"})
    webhook_database["event"].update_one({"event_key": "k3"}, {"$set": {"alert_id": "another"}})
    other = deciders_on(webhook_database, redis_client).redis
    assert other.record(batch) == [Outcome.REPEATED, None, None]
    assert other.record(batch[:1]) == [Outcome.REPEATED]
    # One that looks for some of what is there only.
    assert deciders_on(webhook_database, redis_client).redis.record(batch[:1]) == [Outcome.REPEATED]

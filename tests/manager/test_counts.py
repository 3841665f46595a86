"""Counted repeats reach the database once, whatever fails on their way (CONTRACT 4.4)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)
from redis.exceptions import ResponseError

from event_service.dedup.claims import PendingRepeats
from event_service.dedup.gate import RedisGate
from event_service.errors import Unavailable
from event_service.instants import from_milliseconds
from event_service.manager.delivery import Outcome
from event_service.manager.orphaned_counts import OrphanedCounts
from event_service.manager.repeats import RepeatCounts
from tests.clock import Clock
from tests.manager.crowd import ALARM, LONG, Crowd
from tests.manager.refused_counts import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import redis
    from pymongo.database import Database
    from structlog.typing import EventDict

    from event_service.stores import Stores


def test_whoever_writes_counts_is_woken_and_takes_them_once() -> None:
    woken = threading.Event()
    counts = RepeatCounts(woken.set)
    counts.add(
        PendingRepeats("00", "k", "alert-1", "event-1", *its) for its in ((2, 5_000), (1, 4_000))
    )
    assert woken.is_set()
    assert counts.take() == [PendingRepeats("00", "k", "alert-1", "event-1", 3, 5_000)]
    assert counts.take() == []


def test_a_webhook_whose_requests_cant_be_counted_has_no_repeat_counted_twice(
    crowd: Crowd,
) -> None:
    crowd.deliver(times=3)
    with refused(crowd.database["webhook"], "requests.total", 3):
        for _ in range(3):
            assert not crowd.first.flusher.flush()
    assert crowd.counted() == (2, 2)


def test_what_is_neither_recorded_nor_counted_is_not_answered(crowd: Crowd) -> None:
    crowd.database["webhook"].update_many({}, {"$set": {"recording_policy": "first"}})
    crowd.deliver()
    again = ALARM | {"title": "disk full again"}
    with refused(crowd.database["event"], "repeat_count", 1), pytest.raises(PyMongoError):
        crowd.deliver(alarm=again)


def test_repeats_that_cant_be_written_are_written_later(crowd: Crowd) -> None:
    crowd.deliver(times=3)
    with refused(crowd.database["event"], "repeat_count", 2):
        assert not crowd.first.flusher.flush()
        crowd.deliver()
    assert crowd.first.flusher.flush()
    assert crowd.counted() == (3, 3)


def test_what_is_written_is_not_written_again_for_what_cant_be(crowd: Crowd) -> None:
    keys = [f"k{number}" for number in range(150)]
    for key in (*keys, *keys, keys[-1]):
        crowd.deliver(alarm=ALARM | {"event_key": key})
    for collection, field, before in (("event", "repeat_count", 0), ("alert", "event_count", 1)):
        with refused(crowd.database[collection], field, before + 2):
            for _ in range(3):
                assert not crowd.first.flusher.flush()
    assert crowd.first.flusher.flush()
    repeats = [event["repeat_count"] for event in crowd.database["event"].find()]
    counts = [alert["event_count"] - 1 for alert in crowd.database["alert"].find()]
    assert sorted(repeats) == sorted(counts) == [1] * 149 + [2]


def test_a_claim_goes_when_its_event_is_gone_and_not_before(
    crowd: Crowd, redis_client: redis.Redis
) -> None:
    crowd.deliver(times=2)
    assert crowd.first.flusher.flush()
    assert len(redis_client.keys("*:claim:*")) == 1
    crowd.database["event"].delete_many({})
    crowd.deliver()
    assert crowd.first.flusher.flush()
    assert redis_client.keys("*:claim:*") == []


def test_what_a_dead_process_left_is_counted_once_by_those_who_find_it(crowd: Crowd) -> None:
    crowd.deliver(times=3)
    others = [crowd.process(), crowd.process()]
    crowd.now.at += LONG
    for expected in ((0, 0), (2, 2), (2, 2)):
        for other in others:
            other.flusher.adopt_orphans()
        assert crowd.counted() == expected


def test_a_repeat_that_the_database_settles_is_counted_once(crowd: Crowd) -> None:
    crowd.deliver()
    other = crowd.process()
    event = crowd.database["event"].find_one_and_delete({})  # as if it were still on its way
    assert event is not None
    assert other.events.create(crowd.request(ALARM)).outcomes == (Outcome.RECORDED,)
    crowd.database["event"].insert_one(event)
    crowd.now.at += LONG
    for _ in range(2):
        other.flusher.adopt_orphans()
    assert [its["repeat_count"] for its in crowd.database["event"].find()] == [0, 0]
    (alert,) = crowd.database["alert"].find()
    assert alert["event_count"] == 2


def test_what_nobody_foresaw_does_not_end_the_thread_that_writes(
    crowd: Crowd, redis_client: redis.Redis, log: list[EventDict]
) -> None:
    crowd.deliver(times=3)
    (pending,) = redis_client.keys("*:pending")
    redis_client.hset(pending, b"\xff of another program", "x")
    crowd.first.flusher.adopt_orphans()
    assert [(line["log_level"], line["fault"]) for line in log] == [("error", "UnicodeDecodeError")]
    assert log[0]["exc_info"]  # or nobody could tell where
    assert crowd.first.flusher.flush()
    assert crowd.counted() == (2, 2)


def test_what_goes_on_being_counted_is_no_orphan(crowd: Crowd) -> None:
    crowd.deliver(times=2)
    other = crowd.process()
    for _ in range(3):
        crowd.now.at += LONG
        other.flusher.adopt_orphans()
        crowd.deliver()
    assert crowd.counted() == (0, 0)
    assert crowd.first.flusher.flush()
    assert crowd.counted() == (4, 4)


def test_what_a_process_may_still_be_gathering_is_no_orphan(crowd: Crowd) -> None:
    crowd.deliver(times=2)
    looks = OrphanedCounts(crowd.claims(), crowd.database, 25, crowd.now)
    crowd.now.at += LONG
    assert [looks.take() for _ in range(3)] == [[], [], []]
    crowd.now.at += LONG
    assert [len(looks.take()) for _ in range(2)] == [0, 1]


def test_what_a_webhook_that_is_gone_has_sent_can_be_delivered_anew(crowd: Crowd) -> None:
    crowd.deliver()
    crowd.first.webhooks.delete(crowd.webhook.webhook_id)
    (event,) = crowd.database["event"].find()
    assert crowd.first.events.replay(event) is Outcome.REPEATED


@pytest.mark.parametrize("field", ["domain_id", "workspace_id", "project_id"])
def test_the_same_key_of_another_tenant_is_another(crowd: Crowd, field: str) -> None:
    crowd.deliver()
    (event,) = crowd.database["event"].find()
    crowd.now.at += timedelta(seconds=1)
    assert crowd.first.events.replay(event | {field: "another"}) is Outcome.RECORDED
    assert crowd.first.events.replay(event) is Outcome.REPEATED


@pytest.fixture
def unreachable() -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](port=1, serverSelectionTimeoutMS=10) as client:
        yield client["away"]


def test_nobody_is_thought_dead_while_the_database_is_away(
    crowd: Crowd, unreachable: Database[dict[str, Any]]
) -> None:
    crowd.deliver(times=2)
    crowd.now.at += LONG
    looks = OrphanedCounts(crowd.claims(), unreachable, 0.2, crowd.now)
    assert [looks.take() for _ in range(3)] == [[], [], []]


@pytest.fixture
def replayed() -> list[Mapping[str, Any]]:
    return []


@pytest.fixture
def fails_once(replayed: list[Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], object]:
    """A replay that the database stops the first time."""

    def replay(document: Mapping[str, Any]) -> None:
        replayed.append(document)
        if len(replayed) == 1:
            raise Unavailable("not now")

    return replay


def test_what_could_not_be_mended_is_mended_later(
    crowd: Crowd,
    replayed: list[Mapping[str, Any]],
    fails_once: Callable[[Mapping[str, Any]], object],
) -> None:
    crowd.repeat_what_has_ended()
    claims = crowd.claims()
    writer = crowd.writer(claims, fails_once)
    writer.begin(claims.orphans(before_ms=2**53))
    with pytest.raises(Unavailable):
        writer.finish()
    writer.finish()
    writer.finish()
    assert [document["title"] for document in replayed] == ["disk full", "disk full"]
    assert crowd.counted() == (1, 1)


def test_what_redis_has_to_be_asked_for_waits_for_it(
    crowd: Crowd, redis_client: redis.Redis, replayed: list[Mapping[str, Any]]
) -> None:
    crowd.repeat_what_has_ended()
    clock = Clock()
    gate = RedisGate(pause=1.0, clock=clock)
    claims = crowd.claims(gate)
    writer = crowd.writer(claims, replayed.append)
    writer.begin(claims.orphans(before_ms=2**53))
    redis_client.set("no-list", "a text")
    with pytest.raises(ResponseError), gate.call("settle"):
        redis_client.lpush("no-list", "x")
    writer.finish()
    assert replayed == []
    clock.advance(1.0)
    writer.finish()
    assert len(replayed) == 1


def test_what_is_written_while_redis_is_away_is_settled_and_mended_when_it_is_back(
    crowd: Crowd, redis_client: redis.Redis, replayed: list[Mapping[str, Any]]
) -> None:
    other = ALARM | {"event_key": "k2"}
    crowd.deliver(alarm=other)
    crowd.repeat_what_has_ended()
    crowd.deliver(alarm=other)
    clock = Clock()
    gate = RedisGate(pause=1.0, clock=clock)
    claims = crowd.claims(gate)
    writer = crowd.writer(claims, replayed.append)
    pending = claims.orphans(before_ms=2**53)
    redis_client.set("no-list", "a text")
    with pytest.raises(ResponseError), gate.call("settle"):
        redis_client.lpush("no-list", "x")
    for one in pending:
        writer.begin([one])
        writer.finish()
    clock.advance(1.0)
    writer.finish()
    assert claims.orphans(before_ms=2**53) == []
    assert {document["event_key"] for document in replayed} == {"k1", "k2"}


def test_what_was_counted_for_an_alert_that_ends_later_is_not_delivered_anew(
    crowd: Crowd, replayed: list[Mapping[str, Any]]
) -> None:
    crowd.deliver(times=2)
    claims = crowd.claims()
    writer = crowd.writer(claims, replayed.append)
    writer.begin(claims.orphans(before_ms=2**53))
    writer.finish()
    crowd.database["alert"].update_many({}, {"$set": {"superseded": True}})
    writer.finish()
    assert replayed == []


def test_what_came_as_its_alert_was_resolved_belongs_to_it(
    crowd: Crowd, replayed: list[Mapping[str, Any]]
) -> None:
    crowd.deliver(times=2)
    claims = crowd.claims()
    writer = crowd.writer(claims, replayed.append)
    (pending,) = claims.orphans(before_ms=2**53)
    ended = {"state": "RESOLVED", "resolved_at": from_milliseconds(pending.last_ms)}
    crowd.database["alert"].update_many({}, {"$set": ended})
    writer.begin([pending])
    writer.finish()
    assert replayed == []


def test_what_redis_counts_for_an_alert_that_made_way_is_delivered_anew(
    crowd: Crowd, replayed: list[Mapping[str, Any]]
) -> None:
    crowd.deliver(times=2)
    claims = crowd.claims()
    writer = crowd.writer(claims, replayed.append)
    crowd.database["alert"].update_many({}, {"$set": {"superseded": True}})
    writer.begin(claims.orphans(before_ms=2**53))
    writer.finish()
    assert len(replayed) == 1


def test_what_cant_be_delivered_anew_keeps_no_other_counts(
    crowd: Crowd, replayed: list[Mapping[str, Any]]
) -> None:
    def replay(document: Mapping[str, Any]) -> None:
        replayed.append(document)
        raise TypeError("of another service")

    crowd.repeat_what_has_ended()
    claims = crowd.claims()
    writer = crowd.writer(claims, replay)
    writer.begin(claims.orphans(before_ms=2**53))
    writer.finish()
    writer.finish()
    assert len(replayed) == 1


def test_a_stop_writes_what_is_counted_also_where_the_start_failed(crowd: Crowd) -> None:
    crowd.deliver(times=3)
    crowd.first.stop()
    assert crowd.counted() == (2, 2)


class Limits(CommandListener):
    """How long each write may take in the database, in milliseconds."""

    def __init__(self) -> None:
        self.of_writes: list[int | None] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "update":
            self.of_writes.append(event.command.get("maxTimeMS"))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Not of interest."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Not of interest."""


def test_a_stop_does_not_wait_long_for_a_database_that_does_not_answer(
    crowd: Crowd, stores: Stores
) -> None:
    crowd.deliver(times=3)
    limits = Limits()
    with MongoClient[dict[str, Any]](stores.mongodb_uri, event_listeners=[limits]) as client:
        other = crowd.process(client[crowd.database.name])
        other.events.create(crowd.request(ALARM))
        limits.of_writes.clear()
        other.stop()
    assert len(limits.of_writes) == 3, "of events, alerts and webhooks"
    assert all(limit is not None and limit <= 5_000 for limit in limits.of_writes)

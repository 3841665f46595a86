"""Many deliveries of one key at once, over processes, Redis or no Redis (CONTRACT 4.5)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pymongo import MongoClient

from event_service.embedded.directory import DataDirectory
from event_service.embedded.redis import EmbeddedRedis
from tests.service.process import ServeProcess, serving
from tests.service.running import Answer, Client, Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pymongo.database import Database

    from event_service.stores import Stores

AT_ONCE = 64


class Pair:
    """Two processes of the service on one database and a Redis of their own."""

    def __init__(
        self, processes: list[ServeProcess], redis: EmbeddedRedis, database: Database[Any]
    ) -> None:
        self.processes = processes
        self.redis = redis
        self.database = database
        self.clients = [Client(process.address) for process in processes]
        self.webhook = Webhook(*processes[0].webhook("races"))

    def create_at_once(
        self, body: Callable[[int], dict[str, Any]], meanwhile: Callable[[], object] | None = None
    ) -> list[Answer]:
        """64 creates, half of them to each process, released together."""
        barrier = threading.Barrier(AT_ONCE + (meanwhile is not None))

        def create(number: int) -> Answer:
            barrier.wait()
            return self.clients[number % 2].create(self.webhook, body(number))

        with ThreadPoolExecutor(AT_ONCE + 1) as threads:
            answers = [threads.submit(create, number) for number in range(AT_ONCE)]
            if meanwhile is not None:
                barrier.wait()
                meanwhile()
            return [answer.result() for answer in answers]

    def flush(self) -> None:
        """Have both processes write their counts: they do when they stop."""
        for process in self.processes:
            assert process.stop() == 0


@pytest.fixture
def pair(stores: Stores, tmp_path: Path) -> Iterator[Pair]:
    name = f"test_{uuid4().hex[:12]}"
    mongodb_uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{name}").geturl()
    directory = DataDirectory(tmp_path / "redis")
    redis = EmbeddedRedis(directory.path, directory.lock)
    variables = {"EVENT_MONGODB_URI": mongodb_uri, "EVENT_REDIS_URL": redis.start()}
    with (
        serving(tmp_path / "one", **variables) as one,
        serving(tmp_path / "two", **variables) as two,
        MongoClient[dict[str, Any]](mongodb_uri) as client,
    ):
        pair = Pair([one, two], redis, client[name])
        yield pair
        for caller in pair.clients:
            caller.channel.close()
        client.drop_database(name)
    redis.stop()
    directory.release()


def _same(_number: int) -> dict[str, Any]:
    return {"event_key": "k1", "title": "disk full", "severity": "ERROR"}


def _different(number: int) -> dict[str, Any]:
    return _same(number) | {"title": f"disk full {number}"}


def _one_alert_and_nothing_lost(pair: Pair, deliveries: int) -> None:
    (alert,) = pair.database["alert"].find()
    events = list(pair.database["event"].find())
    assert {event["alert_id"] for event in events} == {alert["alert_id"]}
    counted = sum(1 + event["repeat_count"] for event in events)
    assert counted == deliveries
    assert alert["event_count"] >= deliveries


def test_the_same_at_once(pair: Pair) -> None:
    assert {answer.status for answer in pair.create_at_once(_same)} == {"OK"}
    pair.flush()
    _one_alert_and_nothing_lost(pair, AT_ONCE)


def test_different_news_of_one_key_at_once(pair: Pair) -> None:
    assert {answer.status for answer in pair.create_at_once(_different)} == {"OK"}
    pair.flush()
    _one_alert_and_nothing_lost(pair, AT_ONCE)
    assert pair.database["event"].count_documents({}) == AT_ONCE


@pytest.mark.parametrize("body", [_same, _different])
def test_redis_emptied_meanwhile(
    pair: Pair, body: Callable[[int], dict[str, Any]], redis_of: Callable[[EmbeddedRedis], Any]
) -> None:
    redis = redis_of(pair.redis)
    for _ in range(3):
        answers = pair.create_at_once(body, meanwhile=redis.flushdb)
        assert {answer.status for answer in answers} == {"OK"}
    pair.flush()
    (alert,) = pair.database["alert"].find()
    recorded = list(pair.database["event"].find())
    assert {event["alert_id"] for event in recorded} == {alert["alert_id"]}


@pytest.mark.parametrize("body", [_same, _different])
def test_redis_gone(pair: Pair, body: Callable[[int], dict[str, Any]]) -> None:
    pair.redis.stop()
    assert {answer.status for answer in pair.create_at_once(body)} == {"OK"}
    pair.flush()
    _one_alert_and_nothing_lost(pair, AT_ONCE)


def test_redis_stopped_in_the_middle(pair: Pair) -> None:
    answers = pair.create_at_once(_different, meanwhile=pair.redis.stop)
    assert {answer.status for answer in answers} == {"OK"}
    pair.flush()
    _one_alert_and_nothing_lost(pair, AT_ONCE)


def test_alerts_and_recoveries_at_once_leave_one_alert_open_at_most(pair: Pair) -> None:
    rounds = 6
    for this_round in range(rounds):

        def body(number: int, this_round: int = this_round) -> dict[str, Any]:
            kind = "RECOVERY" if number % 4 == 3 else "ALERT"
            return _same(number) | {"title": f"{this_round}/{number}", "event_type": kind}

        assert {answer.status for answer in pair.create_at_once(body)} == {"OK"}
    pair.flush()
    alerts = list(pair.database["alert"].find())
    states = [alert["state"] for alert in alerts]
    assert states.count("TRIGGERED") <= 1
    assert len({alert["alert_number"] for alert in alerts}) == len(alerts)
    assert sorted(alert["episode"] for alert in alerts) == list(range(len(alerts)))
    recorded = pair.database["event"].count_documents({"event_type": "ALERT"})
    assert recorded == rounds * AT_ONCE * 3 // 4

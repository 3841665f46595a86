"""What the doctor says of stores that are not as they must be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis

from event_service.doctor.announcements import check_announcements
from event_service.doctor.clock import mongodb_clock, redis_clock
from event_service.doctor.finding import Finding, Mark
from event_service.doctor.indexes import check_indexes
from event_service.doctor.mongodb import PROBE, check_mongodb
from event_service.doctor.redis import check_redis
from event_service.model.indexes import DECLARED, ensure_indexes
from event_service.store_clients import RedisClient, connect_mongodb, connect_redis
from tests.doctor.mongodb_server import mongodb_server
from tests.eventually import eventually
from tests.redis_servers import cluster_of_one, redis_server
from tests.silent_redis import silent_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pymongo import MongoClient
    from pymongo.database import Database

    from event_service.settings import Settings

SECONDS = 5.0
KEEPING = ("--appendonly", "yes")


def by_what(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


@pytest.fixture
def of_redis(store_settings: Settings) -> Iterator[Any]:
    """A function that gives the findings of a Redis on a port."""
    clients: list[RedisClient] = []

    def look(url: str) -> dict[str, Finding]:
        def connect() -> RedisClient:
            clients.append(connect_redis(url, store_settings))
            return clients[-1]

        return by_what(check_redis(connect, embedded=False))

    yield look
    for client in clients:
        client.close()


def test_a_database_that_keeps_what_it_acknowledges(
    mongo_database: Database[dict[str, Any]],
) -> None:
    found = by_what(check_mongodb(mongo_database, embedded=False, seconds=SECONDS))
    assert found["MongoDB"].mark is Mark.OK
    assert "replica set" in found["MongoDB"].found
    assert found["Durable writes"].mark is Mark.OK
    assert PROBE not in mongo_database.list_collection_names()


@pytest.mark.parametrize(
    ("version", "hello", "embedded", "mark", "advice"),
    [
        ("7.0.1", {}, False, Mark.FAILURE, "--replSet"),
        ("5.0.31", {"setName": "rs0"}, False, Mark.FAILURE, "Upgrade to MongoDB 6"),
        ("5.0.31", {"setName": "x"}, True, Mark.OK, ""),
        ("6.0.0", {"setName": "rs0"}, False, Mark.OK, ""),
        ("8.0.4", {"msg": "isdbgrid"}, False, Mark.OK, ""),
    ],
)
def test_servers_of_every_kind(  # one argument for each thing that differs
    store_settings: Settings,
    version: str,
    hello: dict[str, Any],
    embedded: bool,  # noqa: FBT001
    mark: Mark,
    advice: str,
) -> None:
    with (
        mongodb_server(version, **hello) as uri,
        connect_mongodb(uri, store_settings) as client,
    ):
        found = by_what(check_mongodb(client["x"], embedded=embedded, seconds=SECONDS))
    assert found["MongoDB"].mark is mark
    assert advice in found["MongoDB"].advice
    assert version in found["MongoDB"].found
    assert found["Durable writes"].mark is Mark.FAILURE
    assert "readWrite" in found["Durable writes"].advice


def test_indexes_that_are_missing_wrong_or_too_many(
    mongo_database: Database[dict[str, Any]],
) -> None:
    def look(days: int | None = None) -> dict[str, Finding]:
        return by_what(check_indexes(mongo_database, days, SECONDS))

    assert "is empty" in look()["Indexes"].found
    ensure_indexes(mongo_database, None)
    assert look()["Indexes"] == Finding(
        "Indexes", Mark.OK, f"all {len(DECLARED)} are there, events are kept"
    )
    late = look(7)["Indexes"]
    assert (late.mark, "created_at (expires after 7 d)" in late.found) == (Mark.WARNING, True)

    events = mongo_database["event"]
    events.create_index([("title", 1)])
    unneeded = look()["Unused indexes"]
    assert (unneeded.mark, "event.title_1" in unneeded.found) == (Mark.WARNING, True)
    assert "--drop-unused" in unneeded.advice
    events.drop_index("title_1")
    events.create_index([("title", 1)], unique=True)
    refusing = look()["Unused indexes"]
    assert (refusing.mark, "event.title_1 may refuse events" in refusing.found) == (
        Mark.FAILURE,
        True,
    )
    assert "--drop-unused" in refusing.advice
    events.drop_index("title_1")
    events.create_index([("event_id", 1), ("title", 1)], unique=True)
    mongo_database["webhook"].create_index([("name", 1)], unique=True)
    assert look()["Unused indexes"].mark is Mark.WARNING, "no event is refused"
    events.drop_index("event_id_1_title_1")

    events.drop_index("event_id_1")
    missing = look()["Indexes"]
    assert (missing.mark, missing.found) == (
        Mark.FAILURE,
        "missing on event: event_id (unique)",
    )
    assert "event-service migrate" in missing.advice
    events.create_index([("event_id", 1)])
    wrong = look()["Indexes"]
    assert (wrong.mark, wrong.found) == (
        Mark.FAILURE,
        "wrong on event: event_id, wanted event_id (unique)",
    )
    events.insert_many([{"event_id": "event-1"}, {"event_id": "event-1"}])
    equal = look()["Unique values"]
    assert (equal.mark, "event-1: 2" in equal.found) == (Mark.FAILURE, True)


def test_a_redis_as_it_must_be(of_redis: Any, redis_url: str) -> None:
    found = of_redis(redis_url)
    assert {finding.mark for finding in found.values()} == {Mark.OK}
    assert len(found) == 4


def test_a_redis_that_throws_claims_out(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", "--maxmemory-policy", "allkeys-lru", *KEEPING) as port:
        memory = of_redis(f"redis://127.0.0.1:{port}")["Redis memory"]
    assert memory.mark is Mark.FAILURE
    assert "allkeys-lru (no maxmemory is set yet)" in memory.found
    assert "CONFIG SET maxmemory-policy noeviction" in memory.advice


def test_a_redis_that_keeps_nothing(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", "--save", "") as port:
        nothing = of_redis(f"redis://127.0.0.1:{port}")["Redis persistence"]
        with Redis(port=port) as client:
            client.config_set("save", "60 1")
        snapshots = of_redis(f"redis://127.0.0.1:{port}")["Redis persistence"]
    assert (nothing.mark, snapshots.mark) == (Mark.WARNING, Mark.WARNING)
    assert "nothing is kept" in nothing.found
    assert "snapshots only" in snapshots.found


def test_a_redis_that_does_not_tell_its_settings(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", "--save", "60 1") as port:
        with Redis(port=port) as client:
            client.acl_setuser(
                "u", enabled=True, nopass=True, keys="*", categories=["+@all"], commands=["-config"]
            )
        kept = of_redis(f"redis://u:x@127.0.0.1:{port}")["Redis persistence"]
    assert kept.mark is Mark.WARNING
    assert "no append-only file, and snapshots are not told of" in kept.found


def test_a_redis_that_falls_silent(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r") as port, silent_after(port, b"CONFIG") as silent:
        found = of_redis(f"redis://127.0.0.1:{silent.port}")
    assert found["Redis"].mark is Mark.OK
    assert "snapshots are not told of" in found["Redis persistence"].found
    assert found["Redis scripts"].mark is Mark.OK


def test_a_replica(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", "--replicaof", "127.0.0.1", "1") as port:
        server = of_redis(f"redis://127.0.0.1:{port}")["Redis"]
    assert (server.mark, "a replica" in server.found) == (Mark.FAILURE, True)
    assert "redis+sentinel://" in server.advice


def test_a_redis_that_takes_no_writes(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", "--maxmemory", "1", *KEEPING) as port:
        server = of_redis(f"redis://127.0.0.1:{port}")["Redis"]
    assert (server.mark, "takes no writes" in server.found) == (Mark.FAILURE, True)


def test_a_redis_whose_disk_is_full(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r") as port, Redis(port=port) as client:
        client.config_set("save", "3600 1")
        # As little to be written over as a full disk is to be written on.
        (tmp_path / "r" / "dump.rdb" / "taken").mkdir(parents=True)
        client.bgsave()
        eventually(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")
        server = of_redis(f"redis://127.0.0.1:{port}")["Redis"]
    assert (server.mark, "MISCONF" in server.found) == (Mark.FAILURE, True)
    assert server.advice.startswith("It runs, and refuses")


def test_a_user_who_may_run_no_scripts(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", *KEEPING) as port:
        with Redis(port=port) as client:
            client.acl_setuser(
                "u", enabled=True, nopass=True, keys="*", categories=["+@all", "-@scripting"]
            )
        found = of_redis(f"redis://u:hunter2@127.0.0.1:{port}")["Redis scripts"]
    assert (found.mark, "@scripting" in found.advice) == (Mark.FAILURE, True)
    assert "hunter2" not in str(found)


def test_a_user_who_may_do_what_the_service_does_and_no_more(of_redis: Any, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r", *KEEPING) as port:
        with Redis(port=port) as client:
            client.acl_setuser(
                "u",
                enabled=True,
                nopass=True,
                keys=["event-service:*"],
                categories=["-@all", "+@read", "+@write", "+@scripting", "+@connection"],
            )
        found = of_redis(f"redis://u:hunter2@127.0.0.1:{port}")
    assert (found["Redis"].mark, "+info" in found["Redis"].advice) == (Mark.WARNING, True)
    assert found["Redis memory"].mark is Mark.SKIPPED
    assert found["Redis scripts"].mark is Mark.OK


def test_every_primary_of_a_cluster(of_redis: Any, tmp_path: Path) -> None:
    with cluster_of_one(tmp_path / "r", "--maxmemory-policy", "volatile-ttl") as port:
        found = of_redis(f"redis+cluster://127.0.0.1:{port}")
    assert found["Redis"].mark is Mark.OK
    assert "volatile-ttl" in found["Redis memory"].found


def test_a_user_who_may_not_publish(store_settings: Settings, tmp_path: Path) -> None:
    with redis_server(tmp_path / "r") as port:
        with Redis(port=port) as admin:
            admin.acl_setuser(
                "u",
                enabled=True,
                nopass=True,
                keys="*",
                channels="*",
                categories=["+@all"],
                commands=["-publish"],
            )
        client = connect_redis(f"redis://u:x@127.0.0.1:{port}", store_settings)
        (silent,) = check_announcements(lambda: client, 0.2)
        client.close()
        client = connect_redis(f"redis://127.0.0.1:{port}", store_settings)
        (heard,) = check_announcements(lambda: client, SECONDS)
        client.close()
    assert (silent.mark, "not heard" in silent.found) == (Mark.FAILURE, True)
    assert heard.mark is Mark.OK


@pytest.mark.parametrize(
    ("ahead", "mark", "words"),
    [
        (0.0, Mark.OK, "within 1 s"),
        (5.0, Mark.WARNING, "5.0 s behind"),
        (-5.0, Mark.WARNING, "5.0 s ahead"),
        (60.0, Mark.FAILURE, "60.0 s behind"),
        (-86_400.0, Mark.FAILURE, "86400.0 s ahead"),
    ],
)
def test_clocks_that_differ(
    mongo_client: MongoClient[dict[str, Any]],
    redis_client: RedisClient,
    ahead: float,
    mark: Mark,
    words: str,
) -> None:
    def clock() -> float:
        return time.time() + ahead

    for (found,) in (
        tuple(mongodb_clock(mongo_client, clock, SECONDS)),
        tuple(redis_clock(lambda: redis_client, clock)),
    ):
        assert found.mark is mark
        # The way to the server and back is no difference, however long it takes.
        number = float(words.split(maxsplit=1)[0]) if mark is not Mark.OK else None
        if number is None:
            assert words in found.found
        else:
            assert abs(float(found.found.split()[0]) - number) < 3
            assert words.rsplit(maxsplit=1)[-1] in found.found
        assert ("chrony" in found.advice) is (mark is not Mark.OK)

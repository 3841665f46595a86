from pathlib import Path
from typing import Any

import bson
import pytest
import redis.exceptions
from bson.binary import UUID_SUBTYPE, Binary
from pymongo import ReadPreference
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from pymongo.write_concern import WriteConcern
from redis import Redis, RedisCluster

from event_service.mongodb_address import with_database
from event_service.redis_address import parse_cluster, parse_sentinel
from event_service.settings import Settings
from event_service.start_errors import StoreAddressError
from event_service.store_clients import (
    RedisClient,
    connect_mongodb,
    connect_redis,
    database_of,
    first_clause,
    is_out_of_reach,
)
from tests.redis_servers import free_port, redis_server

PASSWORD = "a@b"  # noqa: S105 - of a server that lives for one test


def test_writes_are_acknowledged_by_a_majority_and_journaled(
    mongo_database: Database[dict[str, Any]],
) -> None:
    assert mongo_database.client.write_concern == WriteConcern(w="majority", j=True)
    assert mongo_database.client.options.retry_writes
    assert mongo_database.t.insert_one({"_id": 1}).acknowledged


def test_the_options_of_an_address_cannot_weaken_a_write(store_settings: Settings) -> None:
    with connect_mongodb("mongodb://h/db?w=1&journal=false", store_settings) as client:
        assert client.write_concern == WriteConcern(w="majority", j=True)


@pytest.mark.parametrize(
    "option",
    ["secondaryPreferred", "nearest&readPreferenceTags=dc:a", "secondary&maxStalenessSeconds=90"],
)
def test_the_primary_is_asked_whatever_an_address_prefers(
    option: str, store_settings: Settings
) -> None:
    uri = f"mongodb://h/db?readPreference={option}"
    with connect_mongodb(uri, store_settings) as client:
        assert database_of(client)["event"].read_preference == ReadPreference.PRIMARY


def test_a_text_of_another_program_that_is_no_utf_8_is_read(store_settings: Settings) -> None:
    raw = bson.encode({"title": "abcd"}).replace(b"abcd", b"ab\xff\xe9")
    with connect_mongodb("mongodb://h/db", store_settings) as client:
        assert bson.decode(raw, client.codec_options) == {"title": "ab\ufffd\ufffd"}


def test_a_uuid_of_another_program_that_is_too_short_is_read(store_settings: Settings) -> None:
    raw = bson.encode({"id": Binary(b"ab", UUID_SUBTYPE)})
    with connect_mongodb("mongodb://h/db", store_settings) as client:
        assert bson.decode(raw, client.codec_options) == {"id": Binary(b"ab", UUID_SUBTYPE)}


def test_a_store_is_not_waited_for_longer_than_set() -> None:
    settings = Settings(store_timeout_seconds=0.5, query_seconds=2)
    with connect_mongodb("mongodb://h/db", settings) as client:
        pool = client.options.pool_options
        assert client.options.server_selection_timeout == 0.5
        assert (pool.connect_timeout, pool.socket_timeout) == (0.5, 2.5)
    cache = connect_redis("redis://h", settings)
    assert isinstance(cache, Redis)
    assert cache.get_connection_kwargs()["socket_timeout"] == pytest.approx(0.1)
    assert cache.get_connection_kwargs()["socket_connect_timeout"] == pytest.approx(0.1)


def test_answers_of_redis_are_text(redis_client: RedisClient) -> None:
    redis_client.set("key", "wört")
    assert redis_client.get("key") == "wört"


def test_a_command_is_sent_once(store_settings: Settings) -> None:
    client = connect_redis("redis://h", store_settings)
    assert isinstance(client, Redis)
    retry = client.get_retry()
    assert retry is not None
    assert retry.get_retries() == 0


def test_a_connection_that_the_server_closed_is_replaced(
    redis_client: RedisClient, redis_url: str, store_settings: Settings
) -> None:
    other = connect_redis(redis_url, store_settings)
    redis_client.set("key", "1")
    assert other.client_kill_filter(_type="normal", skipme=True)
    assert redis_client.get("key") == "1"
    other.close()


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://user:hun/ter2@h/db",
        "mongodb://user:hunter2@h:port/db",
        "mongodb+srv://user:hunter2@h:1/db",
        "mongodb://",
    ],
)
def test_a_wrong_mongodb_address_is_not_repeated(uri: str, store_settings: Settings) -> None:
    with pytest.raises(StoreAddressError, match="EVENT_MONGODB_URI") as caught:
        connect_mongodb(uri, store_settings)
    assert "ter2" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hun/ter2@h",
        "redis://:hunter2@h:port",
        "redis://:hunter2@h?socket_timeout=long",
        "redis+sentinel://:hunter2@h",
        "redis+sentinel://:hunter2@h/",
        "redis+sentinel://:hunter2@h:port/service",
        "redis+sentinel://:hunter2@/service",
        "redis+cluster://:hunter2@h/3",
        "redis+cluster://:hunter2@h,:7/",
        "redis://:hunter2@h/abc",
        "redis://:hunter2@h/1/2",
        "redis://:hunter2@h/-1",
        "redis://:hunter2@h/\N{SUPERSCRIPT TWO}",
        "redis://u:0/hunter2@h",
        "redis://:hunter2@h/0?no_option=1",
        "rediss://:hunter2@h/0?ssl_cert_reqs=no_such",
        "redis+sentinel://:hunter2@h/service/abc",
        "redis+sentinel://:hunter2@h/service/1/2",
        "redis+sentinel://:hunter2@h/service?no_option=1",
        "redis+cluster://:hunter2@h?db=3",
    ],
)
def test_a_wrong_redis_address_is_not_repeated(url: str, store_settings: Settings) -> None:
    with pytest.raises(StoreAddressError, match="EVENT_REDIS_URL") as caught:
        connect_redis(url, store_settings)
    assert "ter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_server_behind_sentinels_is_found_and_its_database_used(
    tmp_path: Path, store_settings: Settings
) -> None:
    with redis_server(tmp_path / "server", password=PASSWORD) as port:
        configuration = tmp_path / "sentinel.conf"
        configuration.write_text(
            f"sentinel monitor events 127.0.0.1 {port} 1\nsentinel auth-pass events {PASSWORD}\n"
        )
        with redis_server(tmp_path / "sentinel", str(configuration), "--sentinel") as sentinel:
            client = connect_redis(
                f"redis+sentinel://:a%40b@127.0.0.1:1,127.0.0.1:{sentinel}/events/2",
                store_settings,
            )
            client.set("key", "1")
            client.close()
        with Redis(port=port, password=PASSWORD, db=2, decode_responses=True) as direct:
            assert direct.get("key") == "1"


def test_sentinels_that_are_away_are_told_of_in_few_words(store_settings: Settings) -> None:
    client = connect_redis("redis+sentinel://127.0.0.1:1,127.0.0.1:2/events", store_settings)
    with pytest.raises(redis.exceptions.ConnectionError) as caught:
        client.ping()
    assert first_clause(caught.value) == "MasterNotFoundError: No master found for 'events'"


def test_a_cluster_is_found_by_any_of_its_nodes(
    redis_cluster_port: int, store_settings: Settings
) -> None:
    address = f"redis+cluster://127.0.0.1:1,127.0.0.1:{redis_cluster_port}"
    client = connect_redis(address, store_settings)
    assert isinstance(client, RedisCluster)
    client.set("key", "1")
    assert client.get("key") == "1"
    client.close()


def test_a_cluster_that_does_not_answer_is_said_at_once(store_settings: Settings) -> None:
    with pytest.raises(redis.exceptions.ConnectionError):
        connect_redis(f"redis+cluster://127.0.0.1:{free_port()}", store_settings)


def test_what_keeps_a_node_of_a_cluster_from_answering_is_said(
    tmp_path: Path, store_settings: Settings
) -> None:
    with redis_server(tmp_path / "server") as port:
        with pytest.raises(redis.exceptions.ConnectionError, match="cluster support disabled"):
            connect_redis(f"redis+cluster://127.0.0.1:{port}", store_settings)
        with Redis(port=port) as server:
            server.acl_setuser("u", enabled=True, nopass=True, categories=["+@read"])
        with pytest.raises(redis.exceptions.ConnectionError, match="no permissions"):
            connect_redis(f"redis+cluster://u:x@127.0.0.1:{port}", store_settings)


def test_what_stands_in_an_address_of_sentinels() -> None:
    address = parse_sentinel(
        "rediss+sentinel://u:p@a:1,[::1]:2,c/my%20service/3"
        "?sentinel_username=s&sentinel_password=t&ssl_ca_certs=/ca"
    )
    assert address.sentinels == (("a", 1), ("::1", 2), ("c", 26379))
    assert address.service == "my service"
    tls = {"ssl": True, "ssl_ca_certs": "/ca"}
    assert address.options == {"username": "u", "password": "p", "db": 3, **tls}
    assert address.sentinel_options == {"username": "s", "password": "t", **tls}


def test_what_stands_in_an_address_of_a_cluster() -> None:
    address = parse_cluster("redis+cluster://:p%40@a:1,[::1]:2,b")
    assert address.nodes == (("a", 1), ("::1", 2), ("b", 6379))
    assert address.options == {"password": "p@"}


@pytest.mark.parametrize("path", ["/", "/0"])
def test_the_only_database_of_a_cluster_may_be_named(path: str) -> None:
    assert parse_cluster(f"redis+cluster://a{path}").options == {}


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://h", 0),
        ("redis://h/", 0),
        ("redis://h/3", 3),
        ("redis://h/%33/", 3),
        ("redis://h?db=3", 3),
        ("unix:///tmp/socket?db=3", 3),
        ("redis+sentinel://h/service/3", 3),
        ("redis+sentinel://h/service?db=3", 3),
        ("Redis+Sentinel://h/service/3", 3),
    ],
)
def test_the_database_of_an_address_of_redis(
    url: str, number: int, store_settings: Settings
) -> None:
    client = connect_redis(url, store_settings)
    assert isinstance(client, Redis)
    assert client.get_connection_kwargs().get("db", 0) == number


def test_parsed_addresses_are_not_printed() -> None:
    assert "hunter2" not in repr(parse_cluster("redis+cluster://:hunter2@h"))
    sentinel = "redis+sentinel://:hunter2@h/s?sentinel_password=hunter2"
    assert "hunter2" not in repr(parse_sentinel(sentinel))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("mongodb://h", "mongodb://h/event_service"),
        ("mongodb://h/", "mongodb://h/event_service"),
        ("mongodb://h?x=1", "mongodb://h/event_service?x=1"),
        ("mongodb://h?x=/a/b", "mongodb://h/event_service?x=/a/b"),
        ("mongodb://h/mine?x=1", "mongodb://h/mine?x=1"),
        ("mongodb://u:p@h,i:1/?x=1", "mongodb://u:p@h,i:1/event_service?x=1&authSource=admin"),
        ("mongodb://u:p@h", "mongodb://u:p@h/event_service?authSource=admin"),
        ("mongodb://u:p@h/?authSource=x", "mongodb://u:p@h/event_service?authSource=x"),
        ("mongodb://u:p@h/?w=1;x=2", "mongodb://u:p@h/event_service?w=1;x=2;authSource=admin"),
        (
            "mongodb://u:p@h/?authMechanism=DEFAULT",
            "mongodb://u:p@h/event_service?authMechanism=DEFAULT&authSource=admin",
        ),
        (
            "mongodb://u:p@h/?authMechanism=PLAIN",
            "mongodb://u:p@h/event_service?authMechanism=PLAIN&authSource=$external",
        ),
        (
            "mongodb+srv://u@h/?authMechanism=MONGODB-X509",
            "mongodb+srv://u@h/event_service?authMechanism=MONGODB-X509",
        ),
    ],
)
def test_an_address_without_a_database_gets_one(given: str, meant: str) -> None:
    assert with_database(given) == meant


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (OperationFailure("WiredTiger error", 1), True),
        (OperationFailure("No space left on device", 14031), True),
        (BulkWriteError({"writeErrors": [{"code": 11000}, {"code": 1}]}), True),
        (BulkWriteError({"writeErrors": [{"code": 11000}]}), False),
        (OperationFailure("unknown operator", 2), False),
        (OperationFailure("Could not find host matching read preference", 133), True),
        (OperationFailure("Couldn't get a connection within the time limit", 202), True),
        (OperationFailure("operation exceeded time limit", 262), True),
        (OperationFailure("query plan killed :: index 'x' dropped", 175), True),
        (BulkWriteError({"writeErrors": [{"code": 365}]}), True),
        (BulkWriteError({"writeErrors": [{"code": 6}]}), True),
        (BulkWriteError({"writeErrors": [{"code": 189}, {"code": 189}]}), True),
        (OperationFailure("not authorized", 13), False),
        (AutoReconnect("gone"), True),
        (WriteConcernError("the primary steps down", 189), True),
    ],
)
def test_a_database_that_is_broken_is_out_of_reach(fault: PyMongoError, *, expected: bool) -> None:
    assert is_out_of_reach(fault) is expected

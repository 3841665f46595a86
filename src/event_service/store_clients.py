"""Clients of the two stores, set up alike wherever they come from."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import pymongo
from pymongo import MongoClient, ReadPreference
from pymongo.database import Database
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WriteConcernError,
)
from redis import Redis, RedisCluster
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError, ResponseError
from redis.retry import Retry
from redis.sentinel import Sentinel

from event_service.daemon_thread import started
from event_service.document_decoding import DATES, TEXTS
from event_service.mongodb_address import DEFAULT_DATABASE
from event_service.mongodb_commands import MongoDBCommands
from event_service.redis_address import (
    check_database,
    parse_cluster,
    parse_sentinel,
    split_address,
)
from event_service.settings import Settings
from event_service.start_errors import StoreAddressError

RedisClient: TypeAlias = Redis | RedisCluster
"""What ``connect_redis`` gives: both take the same commands, and answer with ``str``."""

REDIS_FAULTS = (RedisError, RedisClusterException)
"""What a command may raise when Redis doesn't do it; the second is no kind of the first."""

INTERNAL_ERROR, OUT_OF_DISK_SPACE = 1, 14031
BROKEN_CODES = frozenset({INTERNAL_ERROR, OUT_OF_DISK_SPACE})
"""What MongoDB says of itself when it can't do its work. The embedded store has only the first,
for a full disk too."""

AWAY_CODES = frozenset(
    {6, 7, 89, 91, 133, 134, 175, 189, 202, 262, 365, 9001, 10107, 11600, 11602, 13435, 13436}
)
"""What a router of MongoDB says, of a command or of one of its writes, when it does not reach a
shard in time, or its primary steps down or is shut down. 175 and 365 come from MongoDB itself:
the index that a query was using is dropped (a migration), and its cache is full."""

_PING_SECONDS = 2.0
_CLOSING_SECONDS = 1.0
IDLE_CHECK_SECONDS = 30
REDIS_SHARE = 0.2
"""How much of the time for an answer of a store Redis may use up."""


def first_clause(fault: Exception) -> str:
    """What a driver's fault says, in a line.

    The drivers go on for pages: whole topologies, clients, and what they were asked to do.
    """
    told = str(fault).split("\n", 1)[0]
    for rest in (", full error", ", Timeout", " (configured timeouts", " : <redis."):
        told = told.split(rest, 1)[0]
    return f"{type(fault).__name__}: {told}"


def mongodb_connections(settings: Settings) -> int:
    """How many a client may have: never fewer than calls that are worked on at the same time."""
    return max(100, 2 * settings.grpc_threads)


def connect_mongodb(
    uri: str, settings: Settings, *, for_builds: bool = False
) -> MongoClient[dict[str, Any]]:
    """A client of the MongoDB (or embedded store) at ``uri``; it connects when it is first used.

    Writes are acknowledged by a majority and journaled (CONTRACT 4.6), and sent once more by the
    driver if the connection breaks: MongoDB knows a write that it has already done (the embedded
    store too, but not over a restart of its own). Its database is what ``database_of`` gives.
    Datetimes are naive and UTC. ``for_builds`` waits for an answer as long as it takes: an index of
    many documents takes hours to build. Raises StoreAddressError.
    """
    wait = round(settings.store_timeout_seconds * 1000)
    try:
        return MongoClient(
            uri,
            appname="event-service",
            w="majority",
            journal=True,
            retryWrites=True,
            retryReads=True,
            tz_aware=False,
            datetime_conversion=DATES,
            unicode_decode_error_handler=TEXTS,
            serverSelectionTimeoutMS=wait,
            connectTimeoutMS=wait,
            # A query may use all of its time before the first byte of its answer comes.
            socketTimeoutMS=None if for_builds else wait + round(settings.query_seconds * 1000),
            maxPoolSize=mongodb_connections(settings),
            event_listeners=[MongoDBCommands()],
        )
    except (ConfigurationError, ValueError):  # pymongo.errors.InvalidURI is a ConfigurationError
        raise StoreAddressError(
            "EVENT_MONGODB_URI is not a usable MongoDB address. User name and password must be"
            " percent-encoded, and a mongodb+srv:// name must be known to the DNS."
        ) from None


def database_of(client: MongoClient[dict[str, Any]]) -> Database[dict[str, Any]]:
    """The database that the client's address names; its primary is asked, whatever that says.

    A secondary may not have what is acknowledged already: on its word a recovery would find no
    open alert (CONTRACT 4.3), and a webhook that is disabled would let events in (3.2).
    """
    return client.get_default_database(DEFAULT_DATABASE, read_preference=ReadPreference.PRIMARY)


@contextmanager
def closed_soon(
    client: MongoClient[dict[str, Any]],
) -> Iterator[MongoClient[dict[str, Any]]]:
    """The client, closed at the end; the farewell to a server that hangs is left behind."""
    try:
        yield client
    finally:
        with suppress(TimeoutError):
            started(client.close, "close-mongodb").result(_CLOSING_SECONDS)


def ping_mongodb(database: Database[dict[str, Any]]) -> None:
    """Raises ``pymongo.errors.PyMongoError`` when the database does not answer within 2 s."""
    with pymongo.timeout(_PING_SECONDS):
        database.command("ping")


def mongodb_answers(database: Database[dict[str, Any]]) -> bool:
    """Whether the database answers now."""
    try:
        ping_mongodb(database)
    except PyMongoError:
        return False
    return True


def is_out_of_reach(error: Exception) -> bool:
    """Whether the database did not answer in time, or not at all, or is broken itself.

    So it is too where it has not confirmed a write: its primary steps down, or is shut down.
    """
    if isinstance(error, ConnectionFailure | WriteConcernError | WaitQueueTimeoutError):
        return True
    if isinstance(error, OperationFailure) and _codes(error) & (BROKEN_CODES | AWAY_CODES):
        return True
    return isinstance(error, PyMongoError) and error.timeout


def _codes(error: OperationFailure) -> set[object]:
    # With the whole command something is wrong, or with each write of many.
    details = error.details or {}
    faults = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    return {error.code} | {fault.get("code") for fault in faults}


def connect_redis(url: str, settings: Settings) -> RedisClient:
    """A client of the Redis at ``url``: one server, one that Sentinels look after, or a cluster.

    A command is sent once. Sending it again after a lost answer would run it twice, and the
    caller has the database to decide when Redis does not answer (CONTRACT 4.5); a pooled
    connection that the server has closed is noticed and replaced before it is used.

    One server and Sentinels are asked when the client is first used. A cluster is asked for its
    nodes at once: raises redis.exceptions.ConnectionError if none answers. Raises
    StoreAddressError.
    """
    # The database is asked for what Redis does not say in time, and has the rest of it.
    seconds = settings.store_timeout_seconds * REDIS_SHARE
    options: dict[str, Any] = {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "health_check_interval": IDLE_CHECK_SECONDS,
        "decode_responses": True,
        "client_name": "event-service",
        # With RESP3 the client would neither look whether a pooled connection is still alive
        # nor work alike on every server from 6.2 on.
        "protocol": 2,
    }
    once = Retry(NoBackoff(), 0)
    try:
        scheme, _, path, _ = split_address(url)
        if scheme.endswith("+cluster"):
            cluster = parse_cluster(url)
            nodes = [ClusterNode(host, port) for host, port in cluster.nodes]  # type: ignore[no-untyped-call]
        elif scheme.endswith("+sentinel"):
            return _usable(_sentinel(url, options | {"retry": once}))
        else:
            if scheme != "unix":
                check_database(path)
            return _usable(Redis.from_url(url, retry=once, **options))
    except (ValueError, TypeError, RedisError):
        raise StoreAddressError(
            "EVENT_REDIS_URL is not a usable Redis address. User name and password must be"
            " percent-encoded, a database is a number, and an option one of Redis' client for"
            " Python; redis+sentinel:// needs /service in its path, redis+cluster:// takes no"
            " database."
        ) from None
    try:
        return RedisCluster(startup_nodes=nodes, retry=once, **(options | dict(cluster.options)))
    except RedisClusterException as error:
        # Whatever a node refuses with, the client says that it is in no cluster.
        refused = error.__cause__ and error.__cause__.__context__
        told = refused if isinstance(refused, ResponseError) else error
        raise RedisConnectionError(str(told)) from error


def _usable(client: Redis) -> Redis:
    """The client; an option that no connection takes is found now, and not by the first command."""
    pool = client.connection_pool
    pool.connection_class(**pool.connection_kwargs)
    return client


def _sentinel(url: str, options: dict[str, Any]) -> Redis:
    address = parse_sentinel(url)
    sentinel = Sentinel(address.sentinels, sentinel_kwargs=options | dict(address.sentinel_options))  # type: ignore[no-untyped-call]
    client: Redis = sentinel.master_for(address.service, **(options | dict(address.options)))  # type: ignore[no-untyped-call]
    return client

"""The stores that tests run on: those of EVENT_MONGODB_URI and EVENT_REDIS_URL, else embedded."""

import os
import signal
import socket
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from hypothesis import HealthCheck, settings
from pymongo import MongoClient
from pymongo.database import Database
from redis import RedisCluster
from structlog.testing import capture_logs
from structlog.typing import EventDict

from event_service.settings import Settings
from event_service.store_clients import RedisClient, connect_mongodb, connect_redis
from event_service.stores import Stores, open_stores
from tests.patience import STORE_TIMEOUT_SECONDS
from tests.redis_servers import cluster_of_one

# No test is a matter of time: not the drawn ones either.
settings.register_profile(
    "untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """SIGINT interrupts the tests and what they start, also in the background of a shell, where
    it comes ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def a_proxy_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables name a proxy for everything; nobody is there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, nobody)
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Both stores, for as long as the tests run."""
    opened = open_stores(Settings(data_dir=tmp_path_factory.mktemp("stores")))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def store_settings(stores: Stores) -> Settings:
    """Settings that name the stores of the tests, and a data directory of their own."""
    assert stores.directory is not None
    return Settings.model_validate(
        {
            "mongodb_uri": stores.mongodb_uri,
            "redis_url": stores.redis_url,
            "data_dir": stores.directory.path / "service",
            "store_timeout_seconds": STORE_TIMEOUT_SECONDS,
        }
    )


@pytest.fixture(scope="session")
def mongo_client(stores: Stores, store_settings: Settings) -> Iterator[MongoClient[dict[str, Any]]]:
    """A client of the database server."""
    with connect_mongodb(stores.mongodb_uri, store_settings) as client:
        yield client


@pytest.fixture
def mongo_database(
    mongo_client: MongoClient[dict[str, Any]],
) -> Iterator[Database[dict[str, Any]]]:
    """A database of the test's own, dropped afterwards."""
    name = f"event_service_test_{uuid.uuid4().hex[:12]}"
    yield mongo_client[name]
    mongo_client.drop_database(name)


@pytest.fixture(scope="session")
def redis_url(stores: Stores, store_settings: Settings) -> str:
    """The address of an empty logical database, so that a Redis in use stays as it is.

    A cluster has only one: there a test's keys must be its own.
    """
    if urlsplit(stores.redis_url).scheme.endswith("+cluster"):
        return stores.redis_url
    for number in range(15, 0, -1):
        url = _with_database(stores.redis_url, number)
        client = connect_redis(url, store_settings)
        size = client.dbsize()
        client.close()
        if size == 0:
            return url
    pytest.fail("every logical database of the Redis of EVENT_REDIS_URL holds something")


@pytest.fixture
def redis_client(redis_url: str, store_settings: Settings) -> Iterator[RedisClient]:
    """A client of the tests' logical database, which is emptied afterwards (a cluster isn't)."""
    client = connect_redis(redis_url, store_settings)
    yield client
    if not urlsplit(redis_url).scheme.endswith("+cluster"):
        client.flushdb()
    client.close()


@pytest.fixture(scope="session")
def redis_cluster_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a cluster of one node is, for as long as the tests run."""
    directory = tmp_path_factory.mktemp("cluster") / "node"
    with cluster_of_one(directory, "--save", "") as port:
        yield port


@pytest.fixture
def redis_cluster(redis_cluster_port: int) -> Iterator[RedisCluster]:
    """A client of that cluster, which is emptied afterwards."""
    with RedisCluster(host="127.0.0.1", port=redis_cluster_port, decode_responses=True) as client:
        yield client
        client.flushdb()


@pytest.fixture(autouse=True)
def own_log_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that is run within a test sets up the log of the whole process.

    No logger keeps what it was set up with: it would write past the ``log`` of later tests.
    """
    before, configure = structlog.get_config(), structlog.configure
    uncached = {"cache_logger_on_first_use": False}
    monkeypatch.setattr(structlog, "configure", lambda **kept: configure(**(kept | uncached)))
    yield
    configure(**before)


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """The lines of the log that are written while the test runs."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def no_event_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """No EVENT_ variable is set while the test runs."""
    for name in list(os.environ):
        if name.upper().startswith("EVENT_"):
            monkeypatch.delenv(name)


def _with_database(url: str, number: int) -> str:
    address, _, query = url.partition("?")
    options = [option for option in query.split("&") if option and not option.startswith("db=")]
    scheme = urlsplit(url).scheme
    if scheme == "unix":
        options.append(f"db={number}")
    else:
        service = urlsplit(url).path.strip("/").partition("/")[0]
        root = address.removesuffix(urlsplit(url).path)
        address = f"{root}/{service}/{number}" if "+sentinel" in scheme else f"{root}/{number}"
    return address + ("?" if options else "") + "&".join(options)

"""Webhook managers as several processes have them, and a Redis of their own that can be stopped."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from pymongo import MongoClient
from redis.backoff import NoBackoff
from redis.retry import Retry

from event_service.embedded.programs import redis_program
from event_service.manager.webhook_cache import WebhookCache
from event_service.manager.webhook_changes import WebhookChanges
from event_service.manager.webhooks import WebhookManager
from event_service.model.indexes import ensure_indexes
from tests.manager.crowd import Crowd
from tests.sent_commands import SentCommands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    from event_service.manager.webhook import Webhook
    from event_service.settings import Settings

# So long that only an announced change can end an entry's life within a test.
NEVER_TOO_OLD = 3_600.0


class StoppableRedis:
    """One Redis server on a Unix socket that keeps its address over a restart."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        program = str(redis_program())
        self._command = [program, "--save", "", "--dir", str(directory), *arguments]
        self._server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._server = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._server.stdout is not None
        for line in self._server.stdout:
            if "ready to accept connections" in line.lower():
                return
        pytest.fail("redis-server did not start")

    def stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
            self._server = None


@dataclass
class Process:
    """What one process of the service has of webhooks."""

    manager: WebhookManager
    cache: WebhookCache
    changes: WebhookChanges

    def remembers(self, webhook: Webhook, key: str) -> bool:
        """Whether a check of the key left the webhook in the cache."""
        self.manager.authorise(webhook.webhook_id, key)
        return self.cache.get(webhook.webhook_id) is not None


@pytest.fixture
def webhook_database(mongo_database: Database[dict[str, Any]]) -> Database[dict[str, Any]]:
    ensure_indexes(mongo_database, None)
    return mongo_database


@pytest.fixture
def manager(
    webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> WebhookManager:
    return WebhookManager(webhook_database, redis_client, WebhookCache(NEVER_TOO_OLD))


@contextmanager
def _redis_on_socket(*arguments: str) -> Iterator[tuple[StoppableRedis, redis.Redis]]:
    # Not pytest's directory: the path of a socket has at most some 100 characters.
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        path = Path(directory)
        socket_path = str(path / "socket")
        server = StoppableRedis(path, "--port", "0", "--unixsocket", socket_path, *arguments)
        stack.callback(server.stop)
        server.start()
        client = redis.Redis(
            unix_socket_path=socket_path, retry=Retry(NoBackoff(), 0), decode_responses=True
        )
        stack.callback(client.close)
        yield server, client


@pytest.fixture
def stoppable_redis() -> Iterator[tuple[StoppableRedis, redis.Redis]]:
    with _redis_on_socket() as server_and_client:
        yield server_and_client


@pytest.fixture
def lasting_redis() -> Iterator[tuple[StoppableRedis, redis.Redis]]:
    """One that has forgotten nothing when it is back."""
    with _redis_on_socket("--appendonly", "yes") as server_and_client:
        yield server_and_client


@pytest.fixture
def start_process(
    webhook_database: Database[dict[str, Any]],
) -> Iterator[Callable[[redis.Redis | redis.RedisCluster], Process]]:
    with ExitStack() as stack:

        def start(client: redis.Redis | redis.RedisCluster) -> Process:
            cache = WebhookCache(NEVER_TOO_OLD)
            changes = WebhookChanges(client, cache)
            changes.start()
            stack.callback(changes.stop)
            return Process(WebhookManager(webhook_database, client, cache), cache, changes)

        yield start


@pytest.fixture
def crowd(
    webhook_database: Database[dict[str, Any]], redis_client: redis.Redis, store_settings: Settings
) -> Crowd:
    return Crowd(store_settings, webhook_database, redis_client)


@pytest.fixture
def heard() -> SentCommands:
    """What is asked by way of ``listened_database``."""
    return SentCommands()


@pytest.fixture
def listened_database(
    heard: SentCommands, webhook_database: Database[dict[str, Any]], store_settings: Settings
) -> Iterator[Database[dict[str, Any]]]:
    assert store_settings.mongodb_uri is not None
    address = store_settings.mongodb_uri.get_secret_value()
    with MongoClient[dict[str, Any]](address, event_listeners=[heard]) as client:
        yield client[webhook_database.name]

"""What one process changes, every other one follows at once (CONTRACT 3.2).

The caches here never age, so only an announced change, or a cache that is not used, can help.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from event_service.errors import NotFound, PermissionDenied, ServiceError, WebhookDisabled
from event_service.manager.webhook_changes import CHANNEL, publish_change
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import EventDict

    from event_service.manager.webhook_cache import KnownWebhook
    from tests.manager.conftest import Process, StoppableRedis

    Start = Callable[[redis.Redis | redis.RedisCluster], Process]

TENANT = ("domain-1", "workspace-1", "project-1")


def fault_of(process: Process, webhook_id: str, key: str) -> type[ServiceError] | None:
    """What a check of the key ends in; None when it is allowed."""
    try:
        process.manager.authorise(webhook_id, key)
    except ServiceError as fault:
        return type(fault)
    return None


@pytest.fixture(params=["single", "cluster"])
def client(request: pytest.FixtureRequest) -> redis.Redis | redis.RedisCluster:
    name = "redis_client" if request.param == "single" else "redis_cluster"
    found = request.getfixturevalue(name)
    assert isinstance(found, redis.Redis | redis.RedisCluster)
    return found


def test_a_change_is_followed_by_every_process(
    client: redis.Redis | redis.RedisCluster, start_process: Start
) -> None:
    one, other = start_process(client), start_process(client)
    webhook, key = one.manager.create("wh", *TENANT)
    name = webhook.webhook_id
    eventually(lambda: one.remembers(webhook, key) and other.remembers(webhook, key))

    one.manager.disable(name)
    assert fault_of(one, name, key) is WebhookDisabled
    eventually(lambda: fault_of(other, name, key) is WebhookDisabled)
    one.manager.enable(name)
    assert fault_of(other, name, key) is None

    _, new = other.manager.rotate_key(name)
    assert fault_of(one, name, new) is None
    eventually(lambda: fault_of(one, name, key) is PermissionDenied)
    eventually(lambda: one.remembers(webhook, new))

    other.manager.delete(name)
    eventually(lambda: fault_of(one, name, new) is NotFound)


def test_without_redis_the_database_is_asked_each_time(
    stoppable_redis: tuple[StoppableRedis, redis.Redis],
    start_process: Start,
    log: list[EventDict],
) -> None:
    server, client = stoppable_redis
    one, other = start_process(client), start_process(client)
    webhook, key = one.manager.create("wh", *TENANT)
    name = webhook.webhook_id
    eventually(lambda: other.remembers(webhook, key))

    server.stop()
    eventually(lambda: not other.remembers(webhook, key))
    one.manager.disable(name)
    assert fault_of(other, name, key) is WebhookDisabled
    one.manager.enable(name)
    _, new = one.manager.rotate_key(name)
    assert fault_of(other, name, key) is PermissionDenied
    assert fault_of(other, name, new) is None
    assert "not announced" in str(log)
    assert "are not heard" in str(log)
    assert not any(secret in str(log) for secret in (key, new))

    server.start()
    eventually(lambda: other.remembers(webhook, new))
    one.manager.disable(name)
    eventually(lambda: fault_of(other, name, new) is WebhookDisabled)


def test_what_was_missed_while_redis_was_away_is_not_served(
    stoppable_redis: tuple[StoppableRedis, redis.Redis],
    redis_client: redis.Redis,
    start_process: Start,
) -> None:
    server, client = stoppable_redis
    other = start_process(client)
    unheard = start_process(redis_client)
    # By the one that is not heard: a late word of the creation would have it read anew.
    webhook, key = unheard.manager.create("wh", *TENANT)
    eventually(lambda: other.remembers(webhook, key))
    unheard.manager.disable(webhook.webhook_id)
    assert fault_of(other, webhook.webhook_id, key) is None, "served from its cache"
    server.stop()
    server.start()
    eventually(lambda: fault_of(other, webhook.webhook_id, key) is WebhookDisabled)


def test_a_client_that_reconnects_by_itself_starts_anew(
    stoppable_redis: tuple[StoppableRedis, redis.Redis],
    redis_client: redis.Redis,
    start_process: Start,
) -> None:
    _, killer = stoppable_redis
    path = killer.connection_pool.connection_kwargs["path"]
    with redis.Redis(unix_socket_path=path, retry=Retry(NoBackoff(), 3)) as persistent:
        other = start_process(persistent)
        unheard = start_process(redis_client)
        webhook, key = unheard.manager.create("wh", *TENANT)
        eventually(lambda: other.remembers(webhook, key))
        unheard.manager.disable(webhook.webhook_id)
        assert fault_of(other, webhook.webhook_id, key) is None, "served from its cache"
        killer.client_kill_filter(_type="pubsub")
        eventually(lambda: fault_of(other, webhook.webhook_id, key) is WebhookDisabled)
        other.changes.stop()


def test_a_change_during_a_read_is_not_overwritten_by_what_was_read(
    redis_client: redis.Redis,
    start_process: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = start_process(redis_client), start_process(redis_client)
    webhook, key = one.manager.create("wh", *TENANT)
    name = webhook.webhook_id
    eventually(lambda: other.remembers(webhook, key))
    other.cache.forget(name)
    heard = threading.Event()
    forget, put = other.cache.forget, other.cache.put

    def heard_forget(webhook_id: str) -> None:
        forget(webhook_id)
        heard.set()

    monkeypatch.setattr(other.cache, "forget", heard_forget)

    def late_put(known: KnownWebhook, ticket: int) -> None:
        one.manager.disable(name)
        assert heard.wait(30)
        put(known, ticket)

    monkeypatch.setattr(other.cache, "put", late_put)
    assert fault_of(other, name, key) is None, "read before the change"
    assert fault_of(other, name, key) is WebhookDisabled


def test_a_message_of_any_bytes_is_survived(
    redis_client: redis.Redis, start_process: Start
) -> None:
    process = start_process(redis_client)
    webhook, key = process.manager.create("wh", *TENANT)
    eventually(lambda: process.remembers(webhook, key))
    for message in (b"", b"\xff\xfe", b"\x00" * 1000):
        redis_client.publish(CHANNEL, message)
    eventually(lambda: process.remembers(webhook, key))
    publish_change(redis_client, webhook.webhook_id)
    eventually(lambda: process.cache.get(webhook.webhook_id) is None)
    eventually(lambda: process.remembers(webhook, key))


def test_stopping_ends_the_use_of_the_cache(
    redis_client: redis.Redis,
    start_process: Start,
    log: list[EventDict],
) -> None:
    process = start_process(redis_client)
    webhook, key = process.manager.create("wh", *TENANT)
    eventually(lambda: process.remembers(webhook, key))
    process.changes.stop()
    assert not process.remembers(webhook, key)
    process.changes.stop()
    assert "not heard" not in str(log)

"""How often a call goes to a store, as pymongo and Redis themselves tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import monitoring

if TYPE_CHECKING:
    from redis import Redis

    from tests.service.running import Running, Start, Webhook

_READS_AND_WRITES = frozenset({"insert", "update", "find", "aggregate", "getMore", "findAndModify"})
_NOT_OURS = frozenset({"PING", "INFO", "CLIENT", "HELLO", "AUTH", "SELECT"})


class _Commands(monitoring.CommandListener):
    """Counts commands on data."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in _READS_AND_WRITES:
            self.names.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Not of interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not of interest."""


@pytest.fixture(scope="module")
def commands() -> _Commands:
    """Hears of the commands of every client that is made from here on."""
    listener = _Commands()
    monitoring.register(listener)
    return listener


@pytest.fixture(scope="module")
def counted(commands: _Commands, start_module: Start) -> Running:
    """A service that writes no counts and forgets no webhook while its calls are counted."""
    assert commands.names == []
    return start_module(flush_seconds=60, webhook_cache_seconds=3600)


@pytest.fixture(scope="module")
def webhook(counted: Running) -> Webhook:
    """A webhook that the service knows, and the news of which it has long heard."""
    webhook = counted.webhook("known")
    # The news of its making travels behind these, and makes the service read it once more.
    for _ in range(20):
        assert counted.client.create(webhook, _body("first")).status == "OK"
    return webhook


StoreCalls = Callable[[Callable[[], object]], int]


@pytest.fixture
def store_calls(commands: _Commands, redis_client: Redis) -> StoreCalls:
    """A function that runs another one and says how many store calls it took."""

    def count(work: Callable[[], object]) -> int:
        heard: list[str] = []
        listening, last = threading.Event(), "the-last-one"

        def listen() -> None:
            with redis_client.monitor() as monitor:  # type: ignore[no-untyped-call]
                listening.set()
                for command in monitor.listen():
                    if last in command["command"]:
                        return
                    if command["client_type"] != "lua":
                        heard.append(command["command"].split()[0].upper())

        thread = threading.Thread(target=listen)
        thread.start()
        listening.wait()
        commands.names.clear()
        work()
        redis_client.echo(last)
        thread.join()
        return len(commands.names) + len([name for name in heard if name not in _NOT_OURS])

    return count


def _body(key: str, **changes: Any) -> dict[str, Any]:
    return {"event_key": key, "title": "disk full", "severity": "ERROR"} | changes


def _forget_claims(redis_client: Redis) -> None:
    """As they end with their windows."""
    redis_client.delete(*redis_client.keys("*:claim:*"))


def test_create_of_a_new_key_even_on_a_webhook_not_seen_before(
    counted: Running, store_calls: StoreCalls
) -> None:
    webhook = counted.webhook("new key")
    assert store_calls(lambda: counted.client.create(webhook, _body("new"))) <= 4
    assert store_calls(lambda: counted.client.create(webhook, _body("newer"))) <= 3


def test_create_that_is_recorded_as_a_duplicate(
    counted: Running, webhook: Webhook, store_calls: StoreCalls
) -> None:
    counted.client.create(webhook, _body("recorded"))
    changed = _body("recorded", title="disk fuller")
    assert store_calls(lambda: counted.client.create(webhook, changed)) <= 3
    assert counted.database["event"].count_documents({"event_key": "recorded"}) == 2


def test_create_that_is_only_counted(
    counted: Running, webhook: Webhook, store_calls: StoreCalls
) -> None:
    counted.client.create(webhook, _body("counted"))
    assert store_calls(lambda: counted.client.create(webhook, _body("counted"))) == 1
    counted.client.create(webhook, _body("counted", title="other"))
    assert store_calls(lambda: counted.client.create(webhook, _body("counted", title="other"))) == 1


def test_recovery(counted: Running, webhook: Webhook, store_calls: StoreCalls) -> None:
    counted.client.create(webhook, _body("recovered"))
    recovery = _body("recovered", event_type="RECOVERY")
    assert store_calls(lambda: counted.client.create(webhook, recovery)) <= 4
    assert store_calls(lambda: counted.client.create(webhook, _body("recovered"))) <= 4


def test_create_of_what_was_over_long_ago(
    counted: Running, webhook: Webhook, store_calls: StoreCalls, redis_client: Redis
) -> None:
    for event_type in ("ALERT", "RECOVERY"):
        counted.client.create(webhook, _body("again", event_type=event_type))
    _forget_claims(redis_client)
    assert store_calls(lambda: counted.client.create(webhook, _body("again"))) <= 4
    assert counted.database["alert"].count_documents({"event_key": "again"}) == 2


def test_create_of_what_redis_has_forgotten(
    counted: Running, webhook: Webhook, store_calls: StoreCalls, redis_client: Redis
) -> None:
    counted.client.create(webhook, _body("forgotten"))
    _forget_claims(redis_client)
    assert store_calls(lambda: counted.client.create(webhook, _body("forgotten"))) <= 7
    assert store_calls(lambda: counted.client.create(webhook, _body("forgotten"))) == 1


def test_create_after_the_window(
    counted: Running, webhook: Webhook, store_calls: StoreCalls, redis_client: Redis
) -> None:
    counted.client.create(webhook, _body("late"))
    counted.database["event"].update_one(
        {"event_key": "late"},
        {"$set": {"created_at": datetime(2024, 3, 1)}},  # noqa: DTZ001
    )
    _forget_claims(redis_client)
    assert store_calls(lambda: counted.client.create(webhook, _body("late"))) <= 6
    assert counted.database["alert"].count_documents({"event_key": "late"}) == 2


def test_get_and_list(counted: Running, webhook: Webhook, store_calls: StoreCalls) -> None:
    counted.client.create(webhook, _body("read"))
    event_id = counted.events()[-1]["event_id"]
    assert store_calls(lambda: counted.client.call("get", {"event_id": event_id})) == 1
    page = {"query": {"page": {"start": 1, "limit": 1}}}
    assert store_calls(lambda: counted.client.call("list", page)) <= 2
    # From a store that sorts in memory, how far back a list reaches is learned at the first.
    assert store_calls(lambda: counted.client.call("list", {})) <= 6
    assert store_calls(lambda: counted.client.call("list", {})) == 1


def test_a_group_whose_body_is_kept_apart(
    counted: Running, webhook: Webhook, commands: _Commands, store_calls: StoreCalls
) -> None:
    results = [_body(f"of a group {number}") for number in range(600)]
    store_calls(lambda: counted.client.create(webhook, {"results": results}))
    assert commands.names.count("insert event") == 3
    assert commands.names.count("insert event_body") == 1
    newest: dict[str, Any] = {"query": {"page": {"start": 1, "limit": 5}}}
    assert store_calls(lambda: counted.client.call("list", newest)) > 1
    assert [name.endswith(" event_body") for name in commands.names].count(True) == 1
    newest["query"]["only"] = ["title"]
    assert store_calls(lambda: counted.client.call("list", newest)) > 0
    assert not [name for name in commands.names if name.endswith(" event_body")]
    assert counted.database["event_body"].count_documents({}) == 1


def test_recovery_of_a_group_that_has_nothing_to_end(
    counted: Running, webhook: Webhook, store_calls: StoreCalls
) -> None:
    fires, recovers = (
        {"results": [_body(f"group-{at}", event_type=kind) for at in range(10)]}
        for kind in ("ALERT", "RECOVERY")
    )
    assert store_calls(lambda: counted.client.create(webhook, recovers)) <= 3
    counted.client.create(webhook, fires)
    counted.client.create(webhook, recovers)
    # Of many events that the process has seen it may have forgotten one, and looks then.
    assert store_calls(lambda: counted.client.create(webhook, recovers)) <= 3

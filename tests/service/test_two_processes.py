"""A change of a webhook made through one process is announced to another (CONTRACT 3.2)."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.eventually import eventually
from tests.service.processes import ServiceProcess, service_process
from tests.service.running import Answer, call_event
from tests.service.webhook_calls import call_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from event_service.stores import Stores


@pytest.fixture
def both(
    stores: Stores, mongo_database: Database[dict[str, Any]], redis_url: str, tmp_path: Path
) -> Iterator[tuple[ServiceProcess, ServiceProcess]]:
    uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()
    with ExitStack() as stack:
        # Remembered for an hour, so that only an announcement makes a change known.
        first, second = (
            stack.enter_context(
                service_process(uri, redis_url, tmp_path / name, webhook_cache_seconds="3600")
            )
            for name in ("first", "second")
        )
        yield first, second


def owner(process: ServiceProcess) -> list[tuple[str, str]]:
    token = process.keys.issue("WORKSPACE_OWNER", "domain-1", workspace="workspace-1")
    return [("token", token)]


def send(process: ServiceProcess, webhook: dict[str, Any], key: str) -> Answer:
    return call_event(
        process.channel,
        "create",
        (),
        webhook_id=webhook["webhook_id"],
        access_key=key,
        data={"title": "x", "event_key": "k"},
    )


def test_changes_through_one_process_are_seen_by_the_other(
    both: tuple[ServiceProcess, ServiceProcess],
) -> None:
    first, second = both
    made = call_webhook(
        first.channel, "create", owner(first), name="wh", project_id="project-1"
    ).body
    name, key = {"webhook_id": made["webhook_id"]}, made["access_key"]

    def remembered(now: str) -> None:
        # Twice: a process that knows the webhook already answers from memory.
        for _ in range(2):
            for process in both:
                assert send(process, made, now).status == "OK"

    remembered(key)
    call_webhook(first.channel, "disable", owner(first), **name)
    eventually(lambda: send(second, made, key).code == "ERROR_WEBHOOK_STATE_DISABLED")

    call_webhook(second.channel, "enable", owner(second), **name)
    remembered(key)
    rotated = json.loads(first.process.run("webhook", "rotate-key", made["webhook_id"], "--json"))
    eventually(lambda: send(second, made, key).code == "ERROR_PERMISSION_DENIED")
    eventually(lambda: send(first, made, key).code == "ERROR_PERMISSION_DENIED")

    remembered(rotated["access_key"])
    call_webhook(second.channel, "delete", owner(second), **name)
    eventually(lambda: send(first, made, rotated["access_key"]).code == "ERROR_NOT_FOUND")

    logs = first.log() + second.log()
    assert "changes of webhooks are heard" in logs
    assert "/spaceone.api.monitoring.v1.Webhook/disable" in logs
    for secret in (key, rotated["access_key"], owner(first)[0][1], owner(second)[0][1]):
        assert secret not in logs

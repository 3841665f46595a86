"""Quotas as callers meet them, over gRPC and HTTP, of two processes on one Redis."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.service.http.asking import Asking
from tests.service.processes import ServiceProcess, service_process
from tests.service.running import Webhook, call_event
from tests.service.stand import Stand, frozen, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from event_service.stores import Stores

BURST = 6
BODY: dict[str, Any] = {"event_key": "k", "title": "t"}


@pytest.fixture
def both(
    stores: Stores, mongo_database: Database[dict[str, Any]], redis_url: str, tmp_path: Path
) -> Iterator[tuple[ServiceProcess, ServiceProcess]]:
    uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()
    quotas = {"webhook_quota": f"0.001/{BURST}", "domain_quota": f"0.001/{2 * BURST}"}
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(service_process(uri, redis_url, tmp_path / name, **quotas))
            for name in ("first", "second")
        )
        yield first, second


def over_grpc(process: ServiceProcess, webhook: Webhook, key: str | None = None) -> str:
    answer = call_event(
        process.channel,
        "create",
        (),
        webhook_id=webhook.webhook_id,
        access_key=webhook.key if key is None else key,
        data=BODY,
    )
    return answer.code or answer.status


def test_processes_and_protocols_share_the_quotas(
    both: tuple[ServiceProcess, ServiceProcess],
) -> None:
    first, second = both
    webhook, other, third = (Webhook(*first.process.webhook(name)) for name in ("a", "b", "c"))
    http = Asking(second.process.runtime()["http"])
    for _ in range(BURST):
        assert over_grpc(first, webhook, "a wrong key") == "ERROR_PERMISSION_DENIED"
    for _ in range(BURST // 2):
        assert over_grpc(first, webhook) == "OK"
        assert http.deliver(webhook, BODY).status == 200
    assert over_grpc(first, webhook) == over_grpc(second, webhook) == "ERROR_QUOTA_EXCEEDED"
    refused = http.deliver(webhook, BODY)
    assert (refused.status, refused.code) == (429, "ERROR_QUOTA_EXCEEDED")
    assert 900 < int(refused.headers["retry-after"]) <= 1000
    assert "calls of one webhook per second, limit = 0.001" in refused.message

    assert [over_grpc(second, other) for _ in range(BURST)] == ["OK"] * BURST
    refused = http.deliver(third, BODY)
    assert (refused.status, refused.code) == (429, "ERROR_QUOTA_EXCEEDED")
    assert "calls of one domain per second" in refused.message


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    choices = {"webhook_quota": f"0.001/{BURST}", "store_timeout_seconds": 5}
    with standing(tmp_path, **choices) as stand:
        yield stand


def test_a_frozen_redis_neither_lifts_a_quota_nor_shuts_everybody_out(stand: Stand) -> None:
    webhook = stand.running.webhook()
    with frozen(stand.redis.pid):
        answers = [stand.running.client.create(webhook, BODY).status for _ in range(2 * BURST)]
    assert answers == ["OK"] * BURST + ["RESOURCE_EXHAUSTED"] * BURST

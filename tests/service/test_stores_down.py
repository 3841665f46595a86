"""A store that stops answering: what callers and probes see, and that it passes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from event_service.app import build_service
from event_service.start_errors import StartError
from tests.eventually import eventually
from tests.metrics.scraping import own_scrape
from tests.service.http.asking import asking
from tests.service.running import settings_for
from tests.service.stand import NOT_SERVING, SERVING, Stand, frozen, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENT = "spaceone.api.monitoring.v1.Event"
BODY: dict[str, Any] = {"event_key": "k1", "title": "disk full"}


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    # Longer than a client waits here: no read may go on for its whole time without a database.
    with standing(tmp_path, store_timeout_seconds=3, query_seconds=600) as stand:
        yield stand


def _waiting() -> float:
    return own_scrape().value("event_service_queue_depth", queue="create")


def test_the_database_is_gone(stand: Stand) -> None:
    webhook = stand.running.webhook()
    stand.wait_for("", SERVING)
    assert stand.running.client.create(webhook, BODY).status == "OK"
    stand.mongodb.stop()
    reads: dict[str, dict[str, Any]] = {
        "list": {},
        "stat": {"query": {"distinct": "title"}},
        "get": {"event_id": "event-1"},
    }
    for method, params in reads.items():
        answer = stand.running.client.call(method, params)
        assert (answer.status, answer.code) == ("UNAVAILABLE", "ERROR_UNAVAILABLE")
    answer = stand.running.client.create(webhook, BODY | {"event_key": "k2"})
    assert (answer.status, answer.code) == ("UNAVAILABLE", "ERROR_UNAVAILABLE")
    stand.wait_for("", NOT_SERVING)
    stand.wait_for(EVENT, NOT_SERVING)


def test_the_database_is_gone_over_http(stand: Stand) -> None:
    webhook, http = stand.running.webhook(), asking(stand.running)
    stand.wait_for("", SERVING)
    assert http.send("GET", "/readyz").status == 200
    stand.mongodb.stop()
    for answer in (http.deliver(webhook, BODY), http.call("list", {})):
        assert (answer.status, answer.code) == (503, "ERROR_UNAVAILABLE")
        assert int(answer.headers["retry-after"]) > 0
    stand.wait_for(EVENT, NOT_SERVING)
    for path in ("/readyz", f"/readyz?service={EVENT}"):
        answer = http.send("GET", path)
        assert (answer.status, answer.code) == (503, "ERROR_UNAVAILABLE")
        assert "mongodb" in answer.message
    assert http.send("GET", "/healthz").status == 200


def test_redis_is_gone_and_the_event_service_goes_on(stand: Stand) -> None:
    webhook = stand.running.webhook()
    stand.wait_for("", SERVING)
    stand.redis.stop()
    stand.wait_for("", NOT_SERVING)
    assert stand.status(EVENT) == SERVING
    for _ in range(3):
        assert stand.running.client.create(webhook, BODY).status == "OK"
    (event,) = stand.running.events()
    assert event["repeat_count"] == 2


def test_redis_is_frozen_and_the_event_service_goes_on(stand: Stand) -> None:
    webhook = stand.running.webhook()
    with frozen(stand.redis.pid):
        for _ in range(3):
            assert stand.running.client.create(webhook, BODY).status == "OK"
        stand.wait_for("", NOT_SERVING)
    stand.wait_for("", SERVING)
    assert stand.running.client.create(webhook, BODY).status == "OK"
    assert stand.running.service.flush_counts()
    (event,), (alert,) = stand.running.events(), stand.running.alerts()
    assert event["repeat_count"] >= 3
    assert alert["event_count"] >= 4


def test_what_is_sent_again_after_the_database_was_frozen_is_recorded_once(stand: Stand) -> None:
    webhook = stand.running.webhook()
    with frozen(stand.mongodb.pid):
        assert stand.running.client.create(webhook, BODY).code == "ERROR_UNAVAILABLE"
        stand.wait_for(EVENT, NOT_SERVING)
    stand.wait_for(EVENT, SERVING)
    assert stand.running.client.create(webhook, BODY).status == "OK"
    assert len(stand.running.events()) == 1
    assert len(stand.running.alerts()) == 1


def test_a_stop_does_not_wait_for_the_farewell_to_a_database_that_is_frozen(stand: Stand) -> None:
    database = stand.running.service.database
    with ExitStack() as stack:
        for _ in range(3):  # the driver says farewell of those that nobody uses just then
            session = stack.enter_context(database.client.start_session())
            database.command("ping", session=session)
    with frozen(stand.mongodb.pid):
        stand.running.service.stop(0)
        assert "close-mongodb" in {thread.name for thread in threading.enumerate()}


def test_a_redis_cluster_that_is_away_is_named_at_the_start(stand: Stand, tmp_path: Path) -> None:
    mongodb_uri, nowhere = stand.mongodb.uri, "redis+cluster://127.0.0.1:1"
    with pytest.raises(StartError, match=r"No node of the Redis Cluster answers .* refused"):
        build_service(settings_for(mongodb_uri, nowhere, tmp_path / "another"))


def test_who_waits_for_a_database_that_is_stuck_is_told_of(tmp_path: Path) -> None:
    callers = 5
    with standing(tmp_path, store_timeout_seconds=60) as stand, ThreadPoolExecutor() as pool:
        webhook, client = stand.running.webhook(), stand.running.client
        assert client.create(webhook, BODY).status == "OK"
        with frozen(stand.mongodb.pid):
            calls = [
                pool.submit(client.create, webhook, BODY | {"event_key": f"stuck{number}"})
                for number in range(callers)
            ]
            # One of them does the work of the batch that is under way.
            eventually(lambda: _waiting() == callers - 1)
        assert [call.result().status for call in calls] == ["OK"] * callers


def test_a_method_that_is_not_there(stand: Stand) -> None:
    call: Any = stand.running.client.channel.unary_unary(f"/{EVENT}/Create")
    with pytest.raises(grpc.RpcError) as raised:
        call(b"", timeout=30)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_client_that_gives_up_early(stand: Stand) -> None:
    done = threading.Event()
    call: Any = stand.running.client.channel.unary_unary(f"/{EVENT}/list")
    future = call.future(b"", timeout=30)
    future.add_done_callback(lambda _: done.set())
    future.cancel()
    assert done.wait(30)
    assert stand.running.client.call("list", {}).status == "OK"

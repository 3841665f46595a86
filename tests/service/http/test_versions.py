"""Calls to paths without a version, as console-api-v2 spells them, are the calls with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.service.http.asking import Asking, asking

if TYPE_CHECKING:
    from tests.service.running import Running, Start, Webhook


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    return running.webhook()


@pytest.fixture
def http(running: Running) -> Asking:
    return asking(running)


def _both(http: Asking, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    versioned = http.send("POST", f"/monitoring/v1/{path}", body, headers)
    plain = http.send("POST", f"/monitoring/{path}", body, headers)
    assert (plain.status, plain.body) == (versioned.status, versioned.body)
    return plain.status, plain.body


def test_the_same_answers(running: Running, webhook: Webhook, http: Asking) -> None:
    key = {"X-Access-Key": webhook.key}
    delivery = f"webhook/{webhook.webhook_id}/events"
    assert _both(http, delivery, {"event_key": "k", "title": "t"}, key) == (200, {})
    in_path = f"webhook/{webhook.webhook_id}/{webhook.key}/events"
    assert _both(http, in_path, {"event_key": "l", "title": "t"}, {}) == (200, {})
    events = running.events()
    assert len(events) == 2
    status, page = _both(http, "event/list", {"query": {"page": {"limit": 1}}}, http.token)
    assert (status, page["total_count"], len(page["results"])) == (200, 2, 1)
    status, event = _both(http, "event/get", {"event_id": events[0]["event_id"]}, http.token)
    assert (status, event["event_key"]) == (200, "k")
    status, stat = _both(http, "event/stat", {"query": {"distinct": "event_key"}}, http.token)
    assert (status, stat) == (200, {"results": ["k", "l"]})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("event/get", {"event_id": "event-000000000000"}, 404),
        ("event/list", {"query": {"filter": [{"k": "no_such", "v": 1, "o": "eq"}]}}, 400),
        ("event/nothing", {}, 404),
        ("webhook/webhook-000000000000/events", {}, 401),
    ],
)
def test_the_same_faults(http: Asking, path: str, body: Any, status: int) -> None:
    headers = http.token if path.startswith("event") else {}
    got, problem = _both(http, path, body, headers)
    assert got == status
    assert set(problem["detail"]) == {"code", "message"}
    assert http.send("GET", f"/monitoring/{path}").status == (404 if "nothing" in path else 405)


def test_the_description_has_the_versioned_ones_only(http: Asking) -> None:
    paths = http.send("GET", "/openapi.json").body["paths"]
    assert "/monitoring/v1/event/list" in paths
    assert not any(path.startswith("/monitoring/") and "/v1/" not in path for path in paths)

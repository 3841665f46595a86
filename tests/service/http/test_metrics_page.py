"""What Prometheus is answered: numbers of what was done, and not one name of whom for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from event_service.manager.open_alerts import OpenAlerts
from tests.metrics.scraping import Scrape

if TYPE_CHECKING:
    from tests.service.http.asking import Asking
    from tests.service.running import Running, Webhook

EVENT = "spaceone.api.monitoring.v1.Event"
ID = re.compile(r"(?:event|alert|webhook|domain|workspace|project)-[0-9a-zA-Z]")


def _scrape(http: Asking) -> Scrape:
    answer = http.send("GET", "/metrics")
    assert answer.status == 200
    return Scrape(answer.content.decode())


def test_prometheus_needs_no_token_and_gets_its_own_format(http: Asking) -> None:
    answer = http.send("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert http.send("HEAD", "/metrics").status == 200
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    open_metrics = http.send("GET", "/metrics", headers=accept)
    assert open_metrics.headers["content-type"].startswith("application/openmetrics-text")
    text = open_metrics.content.decode()
    assert list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("kind", ["text/plain", "application/openmetrics-text"])
@pytest.mark.parametrize(
    "version", ["abc", '"1.0.0"', "1..", "1.x;escaping=allow-utf-8", "\xb2", "9" * 5000, "=,"]
)
def test_a_version_that_is_none_gets_an_answer(http: Asking, kind: str, version: str) -> None:
    accept = f"text/html, {kind}; version={version}"
    answer = http.send("GET", "/metrics", headers={"Accept": accept})
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(("text/plain", kind))


def test_calls_over_both_transports_count_as_calls_of_their_method(
    running: Running, http: Asking, webhook: Webhook
) -> None:
    before = _scrape(http)
    running.client.create(webhook, {"title": "over gRPC"})
    http.send("POST", f"/monitoring/v1/webhook/{webhook.webhook_id}/{webhook.key}/events", {})
    http.call("list", {})
    http.call("get", {"event_id": "event-000000000000"})
    running.client.call("stat", {})
    after = _scrape(http)
    for method, code, more in (
        ("create", "OK", 2),
        ("list", "OK", 1),
        ("get", "NOT_FOUND", 1),
        ("stat", "INVALID_ARGUMENT", 1),
    ):
        name, labels = "grpc_server_handled_total", {"grpc_method": method, "grpc_code": code}
        assert after.value(name, **labels) == before.value(name, **labels) + more, method
    seconds = "grpc_server_handling_seconds_count"
    ours = {"grpc_type": "unary", "grpc_service": EVENT, "grpc_method": "create"}
    assert after.value(seconds, **ours) == before.value(seconds, **ours) + 2


def test_each_round_trip_to_a_store_is_measured(
    running: Running, http: Asking, webhook: Webhook
) -> None:
    before = _scrape(http)
    running.client.create(webhook, {"title": "news", "event_key": "measured"})
    after = _scrape(http)
    count = "event_service_store_seconds_count"
    for store, operation in (("redis", "decide"), ("mongodb", "insert")):
        labels = {"store": store, "operation": operation}
        assert after.value(count, **labels) > before.value(count, **labels), store
    for store in ("mongodb", "redis"):
        assert after.value("event_service_store_up", store=store) == 1


def test_open_alerts_are_those_of_the_database(running: Running, http: Asking) -> None:
    webhook = running.webhook("alerts")
    for key in ("a", "b", "c"):
        running.client.create(webhook, {"title": "t", "event_key": key})
    running.client.create(webhook, {"title": "t", "event_key": "c", "event_type": "RECOVERY"})
    wanted = running.database["alert"].count_documents({"state": {"$ne": "RESOLVED"}})
    assert wanted >= 2
    _scrape(http)
    OpenAlerts(running.database["alert"]).look()
    assert _scrape(http).value("event_service_alerts_open") == wanted


def test_no_id_and_no_key_after_all_sorts_of_calls(
    running: Running, http: Asking, webhook: Webhook
) -> None:
    deliver = f"/monitoring/v1/webhook/{webhook.webhook_id}/{webhook.key}/events"
    for body in ({"title": "t"}, {"title": " "}, {"event_type": "RECOVERY", "title": "t"}, {}):
        http.send("POST", deliver, body)
        running.client.create(webhook, body)
    http.send("POST", f"/monitoring/v1/webhook/{webhook.key}/{webhook.webhook_id}/events", {})
    http.send("POST", f"/monitoring/v1/event/{webhook.webhook_id}", {})
    event_id = running.events()[-1]["event_id"]
    for body in ({"event_id": event_id}, {"event_id": "domain-1"}, {}):
        http.call("get", body)
        http.call("list", body, {"X-Domain-Id": "domain-1", "transaction_id": event_id})
    running.client.call("list", {"alert_id": running.alerts()[-1]["alert_id"]})
    running.client.call("stat", {"query": {"distinct": event_id}})
    text = http.send("GET", "/metrics").content.decode()
    assert "grpc_server_handled_total{" in text
    assert not ID.search(text)
    for secret in (webhook.key, http.token["Authorization"].split()[1]):
        assert secret not in text

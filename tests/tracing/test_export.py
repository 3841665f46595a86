"""What a service process exports: spans from the call to the stores, the log, and no secret."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from serve_command import COMMAND
from tests.metrics.scraping import Scrape
from tests.plugins.running import running_plugin
from tests.service.http.asking import Asking
from tests.service.process import serving
from tests.service.running import Client, Webhook
from tests.tracing.collector import Collected, grpc_collector, http_collector, values

if TYPE_CHECKING:
    from pathlib import Path

CREATE = "spaceone.api.monitoring.v1.Event/create"
LIST = "spaceone.api.monitoring.v1.Event/list"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
PASSWORD = "hunter2swordfish"  # noqa: S105  # of nothing


class Exported:
    """What came of one run of a service, and what it was told in confidence."""

    def __init__(self, collected: Collected, log: str, secrets: tuple[str, ...]) -> None:
        self.collected = collected
        self.log = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        self.secrets = secrets

    def calls(self) -> list[dict[str, Any]]:
        """The lines of calls."""
        return [line for line in self.log if line["event"] == "call"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    directory = tmp_path_factory.mktemp("traced")
    with ExitStack() as stack:
        endpoint, collected = stack.enter_context(http_collector())
        plugin = stack.enter_context(running_plugin())
        process = stack.enter_context(
            serving(
                directory / "data",
                EVENT_LOG_FORMAT="json",
                EVENT_PLUGINS=json.dumps({"plugin-x": plugin.endpoint}),
                OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
                OTEL_LOGS_EXPORTER="otlp",
                OTEL_RESOURCE_ATTRIBUTES="deployment.environment=test",
                OTEL_EXPORTER_OTLP_HEADERS=f"x-token={PASSWORD}",
            )
        )
        webhook_id, key = process.webhook("traced")
        token = process.run("token", "--role", "DOMAIN_ADMIN", "--domain", "domain-1").strip()
        client = Client(process.address, [("token", token)])
        http = Asking(process.runtime()["http"], token)
        webhook = Webhook(webhook_id, key)
        trace = [("traceparent", TRACEPARENT), ("tracestate", "vendor=1")]
        assert client.create(webhook, {"title": "t"}, trace).status == "OK"
        assert client.call("list", {}).status == "OK"
        path = f"/monitoring/v1/webhook/{webhook_id}/{key}/events"
        assert http.send("POST", path, {"title": "t"}, {"traceparent": TRACEPARENT}).status == 200
        assert client.call("list", {}, [("token", f"{token}x")]).status == "UNAUTHENTICATED"
        assert client.create(webhook, {"title": "t"}, [("traceparent", key)]).status == "OK"
        client.channel.close()
        assert process.stop() == 0
        return Exported(collected, process.log.read_text(), (key, token, PASSWORD))


def test_a_call_has_a_span_in_the_trace_of_its_sender(exported: Exported) -> None:
    over_grpc, over_http, alone = exported.collected.named(CREATE)
    for span, transport in ((over_grpc, "grpc"), (over_http, "http")):
        assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
        assert span.kind == Span.SPAN_KIND_SERVER
        assert values(span.attributes) == {
            "rpc.system": "grpc",
            "rpc.service": "spaceone.api.monitoring.v1.Event",
            "rpc.method": "create",
            "rpc.grpc.status_code": 0,
            "network.protocol.name": transport,
        }
    assert over_grpc.trace_state == "vendor=1"
    # What is no traceparent begins a trace of its own.
    assert alone.trace_id.hex() != TRACE
    assert not alone.parent_span_id


def test_a_call_that_fails_says_with_which_status(exported: Exported) -> None:
    good, refused = exported.collected.named(LIST)
    assert values(refused.attributes)["rpc.grpc.status_code"] == 16
    assert good.status.code == refused.status.code == Status.STATUS_CODE_UNSET


def test_spans_go_down_to_the_stores(exported: Exported) -> None:
    first = exported.collected.named(CREATE)[0]
    below = exported.collected.children(first)
    assert {"parse", "record", "redis decide", "mongodb insert"} <= set(below)
    for name, store, operation in (
        ("redis decide", "redis", "decide"),
        ("mongodb insert", "mongodb", "insert"),
    ):
        span = below[name]
        assert values(span.attributes) == {"db.system": store, "db.operation": operation}
        assert first.start_time_unix_nano <= span.start_time_unix_nano
        assert span.start_time_unix_nano < span.end_time_unix_nano <= first.end_time_unix_nano


def test_who_we_are_is_told_and_what_the_variables_add(exported: Exported) -> None:
    resource = exported.collected.resources[0]
    assert resource["service.name"] == "event-service"
    assert resource["service.version"]
    assert resource["deployment.environment"] == "test"


def test_lines_of_the_log_name_the_trace(exported: Exported) -> None:
    first = exported.calls()[0]
    span = exported.collected.named(CREATE)[0]
    assert (first["trace_id"], first["span_id"]) == (TRACE, span.span_id.hex())


def test_the_log_is_exported_too(exported: Exported) -> None:
    lines = [line for line in exported.collected.lines if line.body.string_value == "call"]
    assert len(lines) == len(exported.calls()) == 5
    span = exported.collected.named(CREATE)[0]
    assert (lines[0].trace_id.hex(), lines[0].span_id) == (TRACE, span.span_id)
    told = values(lines[0].attributes)
    assert told["method"] == f"/{CREATE}"
    assert told["request_id"] == exported.calls()[0]["request_id"]
    assert lines[0].severity_text == "INFO"


def test_nothing_told_in_confidence_is_exported(exported: Exported) -> None:
    assert len(exported.collected.raw) > 1_000
    for secret in exported.secrets:
        assert secret.encode() not in exported.collected.raw
        assert secret not in str(exported.log)


def test_over_grpc_and_by_a_sampler(tmp_path: Path) -> None:
    with grpc_collector() as (endpoint, collected):
        with serving(
            tmp_path / "data",
            OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
            OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
            OTEL_SERVICE_NAME="events-of-the-test",
            OTEL_TRACES_SAMPLER="parentbased_always_off",
        ) as process:
            client = Client(process.address)
            for metadata in ([("traceparent", TRACEPARENT)], []):
                assert client.call("list", {}, metadata).status == "UNAUTHENTICATED"
            client.channel.close()
            assert process.stop() == 0
        (span,) = collected.named(LIST)
        assert span.trace_id.hex() == TRACE
        assert collected.resources[0]["service.name"] == "events-of-the-test"


def test_a_collector_that_is_down_fails_no_call_and_holds_up_no_end(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        serving(
            tmp_path / "data",
            EVENT_LOG_FORMAT="json",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{silent.getsockname()[1]}",
            OTEL_LOGS_EXPORTER="otlp",
            OTEL_BSP_SCHEDULE_DELAY="10",
            OTEL_BSP_MAX_QUEUE_SIZE="4",
            OTEL_BSP_MAX_EXPORT_BATCH_SIZE="2",
        ) as process,
    ):
        client = Client(process.address)
        for _ in range(50):
            assert client.call("list", {}).status == "UNAUTHENTICATED"
        client.channel.close()
        assert process.stop() == 0
    assert "Traceback" not in process.log.read_text()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ([sys.executable, "-m", "event_service.workers", "1"], {"not started"}),
        ([COMMAND, "serve", "--processes", "2"], {"not started", "ended by itself"}),
    ],
)
def test_what_is_said_of_a_start_that_fails_is_exported(
    command: list[str], told: set[str], tmp_path: Path
) -> None:
    with http_collector() as (endpoint, collected):
        done = subprocess.run(
            command,
            env={
                "EVENT_DATA_DIR": str(tmp_path / "data"),
                "EVENT_PORT": "0",
                "EVENT_MONGODB_URI": "mongodb://127.0.0.1:1",
                "EVENT_REDIS_URL": "redis://127.0.0.1:1",
                "EVENT_AUTH_JWKS": str(tmp_path / "nowhere.json"),
                "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
                "OTEL_LOGS_EXPORTER": "otlp",
            },
            capture_output=True,
            check=False,
        )
    assert done.returncode == 1
    assert {line.body.string_value for line in collected.lines} >= told


def test_a_store_that_is_down_shows_and_its_password_does_not(tmp_path: Path) -> None:
    with (
        http_collector() as (endpoint, collected),
        socket.create_server(("127.0.0.1", 0)) as taken,
    ):
        port = taken.getsockname()[1]
        taken.close()
        with serving(
            tmp_path / "data",
            EVENT_LOG_LEVEL="DEBUG",
            EVENT_REDIS_URL=f"redis://user:{PASSWORD}@127.0.0.1:{port}/0",
            OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
            OTEL_LOGS_EXPORTER="otlp",
        ) as process:
            webhook = Webhook(*process.webhook("without redis"))
            client = Client(process.address)
            assert client.create(webhook, {"title": "t"}).status == "OK"
            client.channel.close()
            metrics = Asking(process.runtime()["http"]).send("GET", "/metrics").content.decode()
            assert process.stop() == 0
        below = collected.children(collected.named(CREATE)[0])
        assert below["redis decide"].status.code == Status.STATUS_CODE_ERROR
        assert "settle" in below
    scrape = Scrape(metrics)
    assert scrape.value("event_service_dedup_answers_total", origin="database") == 1
    failed = {"store": "redis", "operation": "decide"}
    assert scrape.value("event_service_store_failures_total", **failed) == 1
    assert scrape.value("event_service_store_up", store="redis") == 0
    assert scrape.value("event_service_store_up", store="mongodb") == 1
    for told in (collected.raw, process.log.read_bytes(), metrics.encode()):
        assert PASSWORD.encode() not in told

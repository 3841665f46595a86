"""Variables of OpenTelemetry's that the SDK can't read: told in the log, and never quoted."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from event_service.start_errors import StartError
from event_service.tracing.telemetry import start_telemetry

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
PASSWORD = "hunter2swordfish"  # noqa: S105  # of nothing
PROGRAM = """
from event_service.logs import set_up_logging
from event_service.settings import Settings
from event_service.tracing.telemetry import start_telemetry

set_up_logging(Settings(log_format="json"), start_telemetry())
"""


def test_where_nothing_of_opentelemetry_is_installed_the_log_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['opentelemetry'] = None{PROGRAM}"],
        env=os.environ | ENDPOINT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "pip install 'spaceone-event-service[otel]'" in done.stderr


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_a_header_that_can_not_be_read_is_told_of_and_not_shown(protocol: str) -> None:
    variables = {
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization: Bearer {PASSWORD}",
        "OTEL_TRACES_SAMPLER": "no_such_sampler",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | ENDPOINT | variables,
        check=True,
        capture_output=True,
        text=True,
    )
    assert PASSWORD not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["event"] for line in lines} == {"OpenTelemetry objects to an OTEL_ variable"}
    said = [line["says"] for line in lines]
    assert sum(text.startswith("Header format invalid") for text in said) == 1
    assert sum("sampler" in text for text in said) == 1


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_COMPRESSION": "brotli"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TIMEOUT": "abc"},
    ],
)
def test_what_the_sdk_refuses_is_a_reason_not_to_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in (ENDPOINT | variables).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartError, match="OTEL_ variable: "):
        start_telemetry()

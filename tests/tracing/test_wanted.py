"""Which variables have something exported, and by what."""

from __future__ import annotations

import pytest

from event_service.tracing.wanted import Wanted, wanted

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
HTTP, GRPC = ("otlp_proto_http",), ("otlp_proto_grpc",)


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, Wanted()),
        ({"OTEL_SERVICE_NAME": "events"}, Wanted()),
        (ENDPOINT, Wanted(traces=HTTP)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/v1/traces"}, Wanted(traces=HTTP)),
        (ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, Wanted(traces=GRPC)),
        (ENDPOINT | {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc"}, Wanted(traces=GRPC)),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, Wanted()),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": " None "}, Wanted()),
        ({"OTEL_TRACES_EXPORTER": "otlp, console"}, Wanted(traces=(*HTTP, "console"))),
        ({"OTEL_LOGS_EXPORTER": "otlp"}, Wanted(logs=HTTP)),
        (ENDPOINT | {"OTEL_LOGS_EXPORTER": "otlp"}, Wanted(traces=HTTP, logs=HTTP)),
        (
            {"OTEL_LOGS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "grpc"},
            Wanted(logs=GRPC),
        ),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "TRUE"}, Wanted()),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "false"}, Wanted(traces=HTTP)),
    ],
)
def test_wanted(variables: dict[str, str], found: Wanted) -> None:
    assert wanted(variables) == found
    assert bool(found) == (found != Wanted())

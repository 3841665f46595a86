"""Spans of the test's own process, kept instead of exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from event_service.tracing.sdk_tracer import OpenTelemetryTracer
from event_service.tracing.spans import trace_with

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def ended() -> Iterator[InMemorySpanExporter]:
    """Tracing is on while the test runs; the spans that have ended."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace_with(OpenTelemetryTracer(provider.get_tracer("tests")))
    yield exporter
    trace_with(None)
    provider.shutdown()

"""Starts and ends what OpenTelemetry exports of this process, as the OTEL_ variables say.

The SDK reads most of them itself (endpoints, headers, samplers, attributes, limits of its queues).
Its queues are bounded and emptied in a thread of their own: a collector that is down costs no call
anything.
"""

from __future__ import annotations

import os
import threading
import time
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import event_service
from event_service.start_errors import StartError
from event_service.tracing.complaints import complaints
from event_service.tracing.spans import trace_with
from event_service.tracing.wanted import Wanted, wanted

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Sequence

    from opentelemetry.sdk.resources import Resource

_NAME: Final = "event-service"
_FLUSH_SECONDS: Final = 3.0
"""How long the end of a process waits for a collector to take the rest."""


class Telemetry:
    """What is exported of this process. ``handler`` is for the log, if that is exported.

    ``lacking`` says that something is wanted and can't be had, ``complaints`` are what the SDK
    said of its variables, without their values.
    """

    def __init__(
        self,
        handler: logging.Handler | None = None,
        ends: tuple[Callable[[], None], ...] = (),
        *,
        lacking: bool = False,
        complaints: Sequence[str] = (),
    ) -> None:
        self.handler = handler
        self.lacking = lacking
        self.complaints = complaints
        self._ends = ends

    def stop(self) -> None:
        """Export what there is still, for three seconds at most."""
        threads = [threading.Thread(target=end, daemon=True) for end in self._ends]
        for thread in threads:
            thread.start()
        ends = time.monotonic() + _FLUSH_SECONDS
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))
        trace_with(None)


def start_telemetry() -> Telemetry:
    """Begin to export what is wanted; to be called in each worker process, before its log is set.

    Raises StartError for an exporter that is not there, and for variables that the SDK refuses.
    """
    asked = wanted(os.environ)
    if not asked:
        return Telemetry()
    if not (find_spec("opentelemetry") and find_spec("opentelemetry.sdk")):
        return Telemetry(lacking=True)
    try:
        return _started(asked)
    except StartError:
        raise
    except Exception as fault:  # an exporter may raise anything at what a variable says
        raise StartError(f"OpenTelemetry refuses an OTEL_ variable: {fault}") from fault


def _started(asked: Wanted) -> Telemetry:
    handler, ends = None, []
    with complaints() as said:
        resource = _resource()
        if asked.traces:
            ends.append(_trace(asked.traces, resource))
        if asked.logs:
            handler, end = _log(asked.logs, resource)
            ends.append(end)
    return Telemetry(handler, tuple(ends), complaints=said)


def _resource() -> Resource:
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415

    # What the variables say of us wins.
    given = OTELResourceDetector().detect()
    own = {"service.name": _NAME, "service.version": event_service.__version__}
    return Resource.create(own).merge(given)


def _trace(names: tuple[str, ...], resource: Resource) -> Callable[[], None]:
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    from event_service.tracing.sdk_tracer import OpenTelemetryTracer  # noqa: PLC0415

    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for name in names:
        exporter = _exporter("opentelemetry_traces_exporter", name)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("event_service", event_service.__version__)
    trace_with(OpenTelemetryTracer(tracer))
    return provider.shutdown


def _log(names: tuple[str, ...], resource: Resource) -> tuple[logging.Handler, Callable[[], None]]:
    from opentelemetry.sdk._logs import LoggerProvider  # noqa: PLC0415
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: PLC0415

    from event_service.tracing.exported_log import ExportedLog  # noqa: PLC0415

    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    for name in names:
        exporter = _exporter("opentelemetry_logs_exporter", name)
        provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    return ExportedLog(provider.get_logger("event_service")), provider.shutdown


def _exporter(group: str, name: str) -> Any:
    found = list(entry_points(group=group, name=name))
    if not found:
        variable = "OTEL_TRACES_EXPORTER" if "traces" in group else "OTEL_LOGS_EXPORTER"
        raise StartError(f"{variable} names an exporter that is not installed.")
    return found[0].load()()

"""The series that the service serves at /metrics, each with its labels."""

from __future__ import annotations

from typing import Final

_METHOD: Final = frozenset({"grpc_type", "grpc_service", "grpc_method"})
_STORE: Final = frozenset({"store", "operation"})
_QUEUE: Final = frozenset({"queue"})
_NONE: Final[frozenset[str]] = frozenset()


def _histogram(name: str, labels: frozenset[str]) -> dict[str, frozenset[str]]:
    return {
        f"{name}_bucket": labels | {"le"},
        f"{name}_count": labels,
        f"{name}_sum": labels,
    }


SERVED: Final[dict[str, frozenset[str]]] = {
    "grpc_server_handled_total": _METHOD | {"grpc_code"},
    **_histogram("grpc_server_handling_seconds", _METHOD),
    "event_service_events_total": frozenset({"source", "event_type", "severity", "outcome"}),
    "event_service_dedup_answers_total": frozenset({"origin"}),
    **_histogram("event_service_store_seconds", _STORE),
    "event_service_store_failures_total": _STORE,
    "event_service_store_up": frozenset({"store"}),
    "event_service_queue_depth": _QUEUE,
    **_histogram("event_service_batch_size", _QUEUE),
    "event_service_alerts_open": _NONE,
    "event_service_alerts_total": frozenset({"change"}),
    "event_service_plugin_calls_total": frozenset({"outcome"}),
    **_histogram("event_service_plugin_seconds", _NONE),
    "event_service_refused_total": frozenset({"reason"}),
    "event_service_worker_restarts_total": _NONE,
    "event_service_build_info": frozenset({"version"}),
    "process_resident_memory_bytes": _NONE,
    "process_cpu_seconds_total": _NONE,
}
"""Those of ``event_service.metrics``, and two of the process that prometheus_client adds."""

OF_PROMETHEUS: Final = {"up": _NONE}
"""What Prometheus makes itself of each scrape."""
TARGET_LABELS: Final = frozenset({"namespace", "job", "instance"})
"""What Prometheus adds to every series."""

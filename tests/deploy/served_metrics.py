"""The series that the service serves at /metrics, each with its labels."""

from __future__ import annotations

from typing import Final

from event_service.metrics.names import METRICS
from tests.metrics.scraping import series_of

_NONE: Final[frozenset[str]] = frozenset()
_OF_THE_PROCESS: Final = ("process_resident_memory_bytes", "process_cpu_seconds_total")

SERVED: Final[dict[str, frozenset[str]]] = {
    **{
        series: frozenset(metric.labels) | ({"le"} if series.endswith("_bucket") else _NONE)
        for metric in METRICS
        for series in series_of(metric)
    },
    **dict.fromkeys(_OF_THE_PROCESS, _NONE),
}
"""Those of ``event_service.metrics``, and two of the process."""

OF_PROMETHEUS: Final = {"up": _NONE}
"""What Prometheus makes itself of each scrape."""
TARGET_LABELS: Final = frozenset({"namespace", "job", "instance"})
"""What Prometheus adds to every series."""

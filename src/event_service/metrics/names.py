"""Every metric as data: its name, its kind, its labels, and what it says.

Dashboards and alert rules are compared with this, so that none asks for what isn't there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

OTHER: Final = "other"
"""Stands in a label for whatever is not among its known values."""


class Kind(StrEnum):
    """What Prometheus takes a metric for."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``name`` is the whole name, a counter's with ``_total``."""

    name: str
    kind: Kind
    says: str
    labels: tuple[str, ...] = ()


_METHOD: Final = ("grpc_type", "grpc_service", "grpc_method")

CALLS: Final = Metric(
    "grpc_server_handled_total",
    Kind.COUNTER,
    "Calls that were answered, over gRPC and HTTP, by the code of the answer.",
    (*_METHOD, "grpc_code"),
)
CALL_SECONDS: Final = Metric(
    "grpc_server_handling_seconds",
    Kind.HISTOGRAM,
    "How long calls took, over gRPC and HTTP.",
    _METHOD,
)
EVENTS: Final = Metric(
    "event_service_events_total",
    Kind.COUNTER,
    "Events that were delivered, and what became of them: recorded, repeated or dropped.",
    ("source", "event_type", "severity", "outcome"),
)
DEDUP_ANSWERS: Final = Metric(
    "event_service_dedup_answers_total",
    Kind.COUNTER,
    "Who told duplicates from news: redis, database, or the batch itself.",
    ("origin",),
)
STORE_SECONDS: Final = Metric(
    "event_service_store_seconds",
    Kind.HISTOGRAM,
    "How long the answers of a store took, one round trip each.",
    ("store", "operation"),
)
STORE_FAILURES: Final = Metric(
    "event_service_store_failures_total",
    Kind.COUNTER,
    "Round trips to a store that failed.",
    ("store", "operation"),
)
STORE_UP: Final = Metric(
    "event_service_store_up", Kind.GAUGE, "1 while the store answers, else 0.", ("store",)
)
QUEUE_DEPTH: Final = Metric(
    "event_service_queue_depth", Kind.GAUGE, "Calls that wait for a batch.", ("queue",)
)
BATCH_SIZE: Final = Metric(
    "event_service_batch_size", Kind.HISTOGRAM, "Calls that were answered together.", ("queue",)
)
ALERTS_OPEN: Final = Metric(
    "event_service_alerts_open",
    Kind.GAUGE,
    "Alerts in the database that are not resolved, counted now and then.",
)
ALERTS: Final = Metric(
    "event_service_alerts_total", Kind.COUNTER, "Alerts that were opened or resolved.", ("change",)
)
PLUGIN_CALLS: Final = Metric(
    "event_service_plugin_calls_total",
    Kind.COUNTER,
    "Calls of webhooks' plugins: answered, refused, failed (no answer) or skipped (not asked).",
    ("outcome",),
)
PLUGIN_SECONDS: Final = Metric(
    "event_service_plugin_seconds", Kind.HISTOGRAM, "How long plugins took to answer or to fail."
)
REFUSED: Final = Metric(
    "event_service_refused_total",
    Kind.COUNTER,
    "Calls that were refused before any work: queue, webhook_quota, domain_quota or deadline.",
    ("reason",),
)
WORKER_RESTARTS: Final = Metric(
    "event_service_worker_restarts_total",
    Kind.COUNTER,
    "Worker processes that ended by themselves or hung and were started again.",
)
BUILD_INFO: Final = Metric(
    "event_service_build_info", Kind.GAUGE, "Always 1; the label is what is told.", ("version",)
)

METRICS: Final = tuple(each for each in list(globals().values()) if isinstance(each, Metric))
"""All of them, in the order of this file."""

OUTCOMES: Final = frozenset({"recorded", "repeated", "dropped"})
ORIGINS: Final = frozenset({"redis", "database", "batch"})
QUEUES: Final = frozenset({"webhook", "create", "settle", "get"})
CHANGES: Final = frozenset({"opened", "resolved"})
PLUGIN_OUTCOMES: Final = frozenset({"answered", "refused", "failed", "skipped"})
REASONS: Final = frozenset({"queue", "webhook_quota", "domain_quota", "deadline"})
OPERATIONS: Final[Mapping[str, frozenset[str]]] = {
    "mongodb": frozenset(
        {
            "aggregate",
            "bulkWrite",
            "count",
            "createIndexes",
            "delete",
            "distinct",
            "find",
            "findAndModify",
            "getMore",
            "insert",
            "update",
        }
    ),
    "redis": frozenset(
        {
            "adopt",
            "decide",
            "draw_numbers",
            "drop",
            "end",
            "forget",
            "install",
            "orphans",
            "quota",
            "return_number",
            "say",
            "settle",
        }
    ),
}
"""The operations of each store; another one counts as ``other``."""


def known(value: str, values: Collection[str]) -> str:
    """The value if it is one of those, else ``other``."""
    return value if value in values else OTHER

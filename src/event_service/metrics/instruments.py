"""The instruments of this process, as prometheus_client makes them.

With PROMETHEUS_MULTIPROC_DIR in the environment, which must be there before this is imported,
they live in files that the worker processes share (see ``shared_files``). Then the import raises
OSError where there is no room for them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
)

from event_service.metrics import names
from event_service.metrics.shared_files import VARIABLE, take_room
from event_service.metrics.tally import Buckets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    from event_service.metrics.names import Metric

    _Mode = Literal["livesum", "livemax", "livemostrecent"]

# A second series for each first, to say when it began: nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

SHARED: Final = bool(os.environ.get(VARIABLE))
"""Whether several processes share one set of metrics."""
if SHARED:
    take_room()

REGISTRY: Final = CollectorRegistry()
"""The instruments of this process. With several processes it is not what is served."""
if not SHARED:
    # With several there is no such collector of all of them: see ``own_use``.
    ProcessCollector(registry=REGISTRY)

_CALL_SECONDS: Final = (
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30,
)  # fmt: skip
_STORE_SECONDS: Final = (
    0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30,
)  # fmt: skip
_PLUGIN_SECONDS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


def _counter(metric: Metric) -> Counter:
    return Counter(metric.name, metric.says, metric.labels, registry=REGISTRY)


def _gauge(metric: Metric, mode: _Mode) -> Gauge:
    return Gauge(metric.name, metric.says, metric.labels, registry=REGISTRY, multiprocess_mode=mode)


def _histogram(metric: Metric, buckets: tuple[float, ...]) -> Buckets:
    return Buckets(metric.name, metric.says, metric.labels, registry=REGISTRY, buckets=buckets)


CALLS: Final = _counter(names.CALLS)
CALL_SECONDS: Final = _histogram(names.CALL_SECONDS, _CALL_SECONDS)
EVENTS: Final = _counter(names.EVENTS)
DEDUP_ANSWERS: Final = _counter(names.DEDUP_ANSWERS)
STORE_SECONDS: Final = _histogram(names.STORE_SECONDS, _STORE_SECONDS)
STORE_FAILURES: Final = _counter(names.STORE_FAILURES)
STORE_UP: Final = _gauge(names.STORE_UP, "livemostrecent")
QUEUE_DEPTH: Final = _gauge(names.QUEUE_DEPTH, "livesum")
BATCH_SIZE: Final = _histogram(names.BATCH_SIZE, _SIZES)
ALERTS_OPEN: Final = _gauge(names.ALERTS_OPEN, "livemostrecent")
ALERTS: Final = _counter(names.ALERTS)
PLUGIN_CALLS: Final = _counter(names.PLUGIN_CALLS)
PLUGIN_SECONDS: Final = _histogram(names.PLUGIN_SECONDS, _PLUGIN_SECONDS)
REFUSED: Final = _counter(names.REFUSED)
WORKER_RESTARTS: Final = _counter(names.WORKER_RESTARTS)
BUILD_INFO: Final = _gauge(names.BUILD_INFO, "livemax")


class Children(dict[Any, Any]):
    """The labelled instruments of one metric by what they are asked for with, made at first use.

    A lookup of one that is there costs a tenth of ``labels()``.
    """

    def __init__(self, make: Callable[[Any], Any], expected: Iterable[Any] = ()) -> None:
        """``expected`` ones are there from the start: a first one must not look like none."""
        super().__init__()
        self._make = make
        for key in expected:
            self[key] = make(key)

    def __missing__(self, key: Any) -> Any:
        child = self[key] = self._make(key)
        return child

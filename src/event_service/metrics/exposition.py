"""The metrics of this process: kept up to date while it runs, and given out as text."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from event_service.metrics.instruments import BUILD_INFO, REGISTRY, SHARED, WORKER_RESTARTS
from event_service.metrics.own_use import own_use
from event_service.metrics.shared_files import begun_files
from event_service.metrics.tally import TALLY
from event_service.stoppable_thread import periodic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client import Metric

_FOLD_SECONDS: Final = 1.0
"""How far what one worker serves may lag behind what the others have counted."""


_scraped = -math.inf


def worker_restarted() -> None:
    """A worker has ended by itself and another takes its place."""
    WORKER_RESTARTS.inc()


def exposition(accept: str) -> tuple[bytes, str]:
    """All metrics, of all workers, and their content type: what ``Accept`` likes best."""
    global _scraped  # noqa: PLW0603  # of the process, as all its instruments are
    _scraped = time.monotonic()
    TALLY.fold()
    registry = REGISTRY
    if SHARED:
        registry = CollectorRegistry()
        registry.register(_AllWorkers())
    try:
        encoder, content_type = choose_encoder(accept)
    except (TypeError, ValueError):  # a version in it is no number
        encoder, content_type = choose_encoder("")
    return encoder(registry), content_type


def scraped_since(then: float) -> bool:
    """Whether somebody asked this process for its metrics after that time (``monotonic``)."""
    return _scraped > then


class _AllWorkers(Collector):
    def collect(self) -> Iterable[Metric]:
        """What all of them have counted, those too that have ended."""
        with begun_files() as files:
            merged: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return merged


class MetricsUpdater:
    """Folds what was counted every second, in a thread, and has others look with it.

    ``looks`` are called as often; none may raise.
    """

    def __init__(self, version: str, looks: tuple[Callable[[], None], ...] = ()) -> None:
        BUILD_INFO.labels(version).set(1)
        self._looks = (*looks, own_use().tell) if SHARED else looks
        self._folding = periodic(self._fold, _FOLD_SECONDS, "metrics")

    def start(self) -> None:
        """Begin."""
        self._folding.start()

    def stop(self) -> None:
        """End; what was counted until now is told."""
        self._folding.stop()
        TALLY.fold()

    def _fold(self) -> None:
        TALLY.fold()
        for look in self._looks:
            look()

"""``grpc.health.v1``: serving exactly while the stores answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from grpc_health.v1 import health
from grpc_health.v1.health_pb2 import HealthCheckResponse

from event_service.metrics.stores import store_up
from event_service.servicer.health_methods import health_door
from event_service.servicer.health_watches import HealthWatches
from event_service.stoppable_thread import periodic
from event_service.store_clients import first_clause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import grpc

    from event_service.servicer.doors import Doors

_log = structlog.get_logger(__name__)

SERVICE = health.SERVICE_NAME
OVERALL = health.OVERALL_HEALTH


class HealthMonitor:
    """Asks the stores every ``interval`` seconds and tells who asks for our health.

    ``needs`` has, for each service name that can be asked for ("" is the whole), the stores it
    can't do without; ``checks`` has for each store a function that raises, with one of
    ``faults``, when the store does not answer. Until the first look, and after :meth:`stop`,
    nothing is serving.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[], object]],
        needs: Mapping[str, Sequence[str]],
        faults: tuple[type[Exception], ...],
        interval: float = 1.0,
    ) -> None:
        self._checks = checks
        self._needs = needs
        self._faults = faults
        self._watches = HealthWatches(needs)
        self._answering: dict[str, bool] = {}
        self._looking = periodic(self._look, interval, "health")

    def add_to(self, server: grpc.Server, doors: Doors) -> None:
        """Serve health, by a door of its own, on a server not yet started."""
        server.add_generic_rpc_handlers((health_door(self._watches, doors),))

    def end_watches(self) -> None:
        """End the calls of those who watch, after a stop: they would hold up that of a server."""
        self._watches.end()

    @property
    def services(self) -> Sequence[str]:
        """The names that can be asked for."""
        return tuple(self._needs)

    @property
    def answering(self) -> Mapping[str, bool]:
        """Which stores answered at the last look; empty before the first."""
        return dict(self._answering)

    def serving(self, service: str) -> bool:
        """What gRPC's health says of a service (one of ``services``)."""
        return self._watches.status(service) == HealthCheckResponse.SERVING

    def start(self) -> None:
        """Look once, then go on looking in a thread."""
        self._look()
        self._looking.start()

    def stop(self) -> None:
        """Not serving, for good; may be called again."""
        self._watches.settle()
        self._looking.stop()

    def _look(self) -> None:
        for store, check in self._checks.items():
            fault = self._fault(check)
            answers = fault is None
            if self._answering.get(store) != answers:
                if fault is None:
                    _log.info("store", store=store, answers=True)
                else:
                    _log.error("store", store=store, answers=False, fault=first_clause(fault))
            self._answering[store] = answers
            store_up(store, up=answers)
        for service, stores in self._needs.items():
            self._watches.set(service, serving=all(self._answering[store] for store in stores))

    def _fault(self, check: Callable[[], object]) -> Exception | None:
        try:
            check()
        except self._faults as fault:
            return fault
        return None

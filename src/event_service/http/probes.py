"""For whoever watches over the process: is it up, is it ready, which one is it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

import event_service
from event_service.errors import NotFound, Unavailable
from event_service.http.answers import answer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from event_service.servicer.health import HealthMonitor


class Probes:
    """Answers without a token and without waiting for anything."""

    def __init__(self, health: HealthMonitor) -> None:
        self._health = health

    def routes(self) -> Sequence[Route]:
        """What is to be hosted."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/version", self.version),
        ]

    async def alive(self, _: Request) -> Response:
        """The process answers."""
        return answer_of({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        """The stores answer: all of them, or those that ``?service=`` can't do without."""
        service = request.query_params.get("service", "")
        if service not in self._health.services:
            raise NotFound("service", service)
        stores = self._health.answering
        if self._health.serving(service):
            return answer_of({"status": "ready", "stores": stores})
        silent = ", ".join(name for name, answers in stores.items() if not answers)
        if not silent:
            raise Unavailable("Not ready: it is starting or stopping.")
        raise Unavailable(f"Not ready. (stores that do not answer = {silent})")

    async def version(self, _: Request) -> Response:
        """Name and version of what runs here."""
        return answer_of({"name": event_service.DISTRIBUTION, "version": event_service.__version__})

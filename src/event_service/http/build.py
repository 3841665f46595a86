"""Puts the HTTP side together over what the gRPC side has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.admission.places import Places
from event_service.http.app import application
from event_service.http.body import BodyLimits
from event_service.http.comments import read_comments
from event_service.http.deliveries import Deliveries
from event_service.http.docs import documentation_routes
from event_service.http.methods import Methods
from event_service.http.metrics_page import metrics_routes
from event_service.http.openapi import openapi
from event_service.http.own_pages import admit_all, admit_local_pages, admit_own_pages
from event_service.http.probes import Probes
from event_service.http.protocol import ConnectionLimits
from event_service.http.server import HttpServer
from event_service.http.transcoding import bindings_of
from event_service.http.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.datastructures import Headers

    from event_service.admission.byte_budget import ByteBudget
    from event_service.manager.events import EventManager
    from event_service.servicer.health import HealthMonitor
    from event_service.servicer.invocation import Invoker
    from event_service.servicer.method import Method
    from event_service.settings import Settings


def build_http(
    settings: Settings,
    methods: Iterable[Method],
    invoker: Invoker,
    events: EventManager,
    health: HealthMonitor,
    budget: ByteBudget,
    *,
    shares_port: bool,
) -> HttpServer | None:
    """A server, not yet started, for deliveries and for every annotated one of the methods.

    None if HTTP is off. Raises StartError, and ValueError for an annotation that can't be served.
    """
    if settings.http_port < 0:
        return None
    bindings = bindings_of(methods)
    limits = BodyLimits(int(settings.max_request_bytes), settings.http_read_seconds, budget)
    places = Places(settings.http_threads, settings.waiting_per_thread)
    # Queries that take long must not keep alarms out.
    deliveries, others = Workers(places), Workers(places)
    routes = [
        *Deliveries(events, deliveries, limits).routes(),
        *Methods(
            invoker, others, limits, int(settings.max_response_bytes), _admission(settings)
        ).routes(bindings),
        *Probes(health).routes(),
        *metrics_routes(),
        *documentation_routes(openapi(bindings, read_comments(), needs_token=not settings.no_auth)),
    ]
    return HttpServer(
        application(routes),
        settings.host,
        settings.http_port,
        ConnectionLimits(settings.http_read_seconds, settings.http_connections),
        (deliveries, others),
        shares_port=shares_port,
    )


def _admission(settings: Settings) -> Callable[[Headers], None]:
    if not settings.no_auth:
        return admit_all
    return admit_own_pages if settings.no_auth_on_any_address else admit_local_pages

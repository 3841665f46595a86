"""A whole service: built, started and stopped, without signals and without a command line."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from pymongo.errors import PyMongoError

import event_service
from event_service.admission.byte_budget import ByteBudget
from event_service.auth.build import build_authenticator
from event_service.embedded.mongodb import sorts_in_memory
from event_service.http.build import build_http
from event_service.instants import utc_now
from event_service.manager.open_alerts import OpenAlerts
from event_service.manager.takeover import take_over_alerts
from event_service.managers import Clock, DatabaseTraits, Managers, build_managers
from event_service.metrics.calls import methods_hosted
from event_service.metrics.deliveries import sources_installed
from event_service.metrics.exposition import MetricsUpdater
from event_service.model.indexes import all_found, ensure_indexes, refuses_events, unused
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.process_memory import giving_back
from event_service.servicer.build import GrpcServer, build_grpc, build_health, build_methods
from event_service.servicer.call_telemetry import CallTelemetry
from event_service.servicer.invocation import Invoker
from event_service.start_errors import StartError
from event_service.store_clients import (
    REDIS_FAULTS,
    RedisClient,
    closed_soon,
    connect_mongodb,
    connect_redis,
    database_of,
    first_clause,
)
from event_service.stores import Stores, open_stores

if TYPE_CHECKING:
    from pymongo.database import Database

    from event_service.auth.authenticator import Authenticator
    from event_service.http.server import HttpServer
    from event_service.servicer.health import HealthMonitor
    from event_service.settings import Settings
    from event_service.stoppable_thread import StoppableThread

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service consists of. ``http`` is None if it is switched off.

    ``giving_back`` is the thread that gives freed memory back.
    """

    stores: Stores
    database: Database[dict[str, Any]]
    managers: Managers
    metrics: MetricsUpdater
    health: HealthMonitor
    grpc: GrpcServer
    http: HttpServer | None
    giving_back: StoppableThread


class Service:
    """One process of the event service on one pair of stores."""

    def __init__(self, settings: Settings, parts: Parts, undo: ExitStack) -> None:
        """``undo`` ends what no call needs any longer, the stores last."""
        self._settings = settings
        self._parts = parts
        self._undo = undo
        self._stopping = threading.Lock()
        self._stopped = threading.Event()
        self._hurried = threading.Event()
        self.database = parts.database
        self.webhooks = parts.managers.webhooks
        self.address = parts.grpc.address
        self.http_address = None if parts.http is None else parts.http.address

    def start(self) -> None:
        """Serve. Raises StartError, and nothing is left running then."""
        parts = self._parts
        try:
            parts.managers.start()
            parts.grpc.doors.start()
            parts.metrics.start()
            parts.giving_back.start()
            parts.grpc.server.start()
            parts.health.start()
            if parts.http is not None:
                parts.http.start()
            parts.stores.publish(self.address, self.http_address)
        except BaseException:  # also Ctrl-C: what has been started must not stay
            self.stop(0)
            raise
        _log.info("serving", address=self.address, http=self.http_address)

    def flush_counts(self) -> bool:
        """Write now what is counted and not yet in the database; False if that did not work."""
        return self._parts.managers.flusher.flush()

    def wait(self) -> None:
        """Wait until the service has stopped."""
        self._stopped.wait()

    def stop(self, grace_seconds: float | None = None) -> None:
        """Finish what is under way, for as long as the grace goes, and stop; the stores last.

        Health says first that nothing is served, and for ``drain_seconds`` calls are still taken.
        Called again meanwhile, from another thread, the shorter grace wins; 0 also ends that.
        """
        parts = self._parts
        grace = self._settings.stop_seconds if grace_seconds is None else grace_seconds
        if grace == 0:
            self._hurried.set()
        parts.health.stop()
        self._hurried.wait(self._settings.drain_seconds)
        grpc_stopped = parts.grpc.server.stop(grace)
        parts.health.end_watches()
        parts.grpc.doors.end_aside()
        if parts.http is not None:
            parts.http.stop(grace)
        grpc_stopped.wait()
        with self._stopping:
            if not self._stopped.is_set():
                try:
                    self._undo.close()
                finally:
                    self._stopped.set()


def build_service(
    settings: Settings,
    authenticator: Authenticator | None = None,
    parsers: ParserRegistry | None = None,
    clock: Clock = utc_now,
    stores: Stores | None = None,
    *,
    shares_ports: bool = False,
) -> Service:
    """A service that has its stores and its ports, not yet started. Raises StartError.

    ``authenticator`` and ``parsers`` are those of the settings and the installed ones, and the
    stores are opened, unless others are given. With ``shares_ports`` other processes may listen
    on the same ones (SO_REUSEPORT).
    """
    CallTelemetry.logged = settings.log_calls
    # Undone from the last to the first, and each whatever becomes of the others.
    with ExitStack() as undo:
        invoker = Invoker(undo.enter_context(closing(authenticator or _authenticator(settings))))
        stores = undo.enter_context(closing(stores or open_stores(settings)))
        redis = undo.enter_context(closing(_redis(stores.redis_url, settings)))
        mongodb = undo.enter_context(closed_soon(connect_mongodb(stores.mongodb_uri, settings)))
        database = database_of(mongodb)
        parsers = parsers or ParserRegistry(installed_sources())
        sources_installed(parsers.source_names)
        traits = _prepare(database, stores.mongodb_uri, settings)
        managers = build_managers(settings, database, redis, parsers, traits, clock=clock)
        looks = (OpenAlerts(database["alert"]).look, managers.events.tell_queues)
        metrics = MetricsUpdater(event_service.__version__, looks)
        health = build_health(database, redis)
        budget = ByteBudget(max(settings.max_requests_bytes, settings.max_request_bytes))
        methods = build_methods(settings, managers)
        methods_hosted(method.path for method in methods)
        grpc = build_grpc(settings, methods, invoker, health, budget, shares_port=shares_ports)
        undo.callback(grpc.server.stop, 0)  # to free its port, if it has not been stopped
        http = build_http(
            settings, methods, invoker, managers.events, health, budget, shares_port=shares_ports
        )
        memory = giving_back()
        undo.callback(memory.stop)
        undo.callback(metrics.stop)
        undo.callback(managers.stop)
        undo.callback(grpc.doors.close)
        parts = Parts(stores, database, managers, metrics, health, grpc, http, memory)
        return Service(settings, parts, undo.pop_all())


def _prepare(database: Database[dict[str, Any]], uri: str, settings: Settings) -> DatabaseTraits:
    """Make the database fit for the managers. Raises StartError."""
    days = settings.retention_days
    try:
        embedded = sorts_in_memory(database.client)
        if embedded:
            # It builds within the usual time or never: more would not help.
            ensure_indexes(database, days)
        else:
            with connect_mongodb(uri, settings, for_builds=True) as builder:
                ensure_indexes(database_of(builder), days)
        for index in filter(refuses_events, unused(all_found(database), days)):
            _log.error(
                "a unique index may refuse events: event-service migrate --drop-unused",
                index=f"{index.collection}.{index.name}",
            )
        return DatabaseTraits(take_over_alerts(database), embedded)
    except PyMongoError as error:
        raise StartError(
            f"The database can't be used ({first_clause(error)}). event-service doctor says"
            " more, and event-service migrate builds indexes that take long."
        ) from error


def _redis(url: str, settings: Settings) -> RedisClient:
    try:
        return connect_redis(url, settings)
    except REDIS_FAULTS as error:
        raise StartError(
            f"No node of the Redis Cluster answers as it must ({first_clause(error)}). It may go"
            " away later, but a start asks it for its nodes."
        ) from error


def _authenticator(settings: Settings) -> Authenticator:
    try:
        return build_authenticator(settings)
    except ValueError as error:
        raise StartError(f"Authentication can't be set up: {error}") from error

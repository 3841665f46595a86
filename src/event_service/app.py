"""A whole service: built, started and stopped, without signals and without a command line."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

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
from event_service.managers import Clock, Managers, build_managers
from event_service.metrics.calls import methods_hosted
from event_service.metrics.deliveries import sources_installed
from event_service.metrics.exposition import MetricsUpdater
from event_service.model.indexes import all_found, ensure_indexes, refuses_events, unused
from event_service.mongodb_address import DEFAULT_DATABASE
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.servicer.build import build_grpc, build_health, build_methods
from event_service.servicer.call_telemetry import CallTelemetry
from event_service.servicer.invocation import Invoker
from event_service.start_errors import StartError
from event_service.store_clients import (
    REDIS_FAULTS,
    RedisClient,
    connect_mongodb,
    connect_redis,
    first_clause,
)
from event_service.stores import Stores, open_stores

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

    from event_service.auth.authenticator import Authenticator
    from event_service.manager.webhooks import WebhookManager
    from event_service.settings import Settings

_log = structlog.get_logger(__name__)


class Service:
    """One process of the event service on one pair of stores."""

    def __init__(
        self,
        settings: Settings,
        authenticator: Authenticator | None = None,
        parsers: ParserRegistry | None = None,
        clock: Clock = utc_now,
        stores: Stores | None = None,
        *,
        shares_ports: bool = False,
    ) -> None:
        """Open the stores, unless opened ones are given. Raises StartError.

        With ``shares_ports`` other processes may listen on the same ones (SO_REUSEPORT).

        ``authenticator`` and ``parsers`` are those of the settings and the installed ones, unless
        others are given.
        """
        self._settings = settings
        CallTelemetry.logged = settings.log_calls
        self._stopping = threading.Lock()
        self._stopped = threading.Event()
        self._hurried = threading.Event()
        # Undone from the last to the first, and each whatever becomes of the others.
        with ExitStack() as undo:
            undo.callback(self._stopped.set)
            self._authenticator = authenticator or _authenticator(settings)
            undo.callback(self._authenticator.close)
            self._stores: Stores = stores or open_stores(settings)
            undo.callback(self._stores.close)
            self._redis = _redis(self._stores.redis_url, settings)
            undo.callback(self._redis.close)
            self._mongodb: MongoClient[dict[str, Any]] = connect_mongodb(
                self._stores.mongodb_uri, settings
            )
            undo.callback(self._mongodb.close)
            self.database: Database[dict[str, Any]] = self._mongodb.get_default_database(
                DEFAULT_DATABASE
            )
            parsers = parsers or ParserRegistry(installed_sources())
            self._managers = self._build_managers(parsers, clock)
            self._budget = ByteBudget(max(settings.max_requests_bytes, settings.max_request_bytes))
            open_alerts = OpenAlerts(self.database["alert"])
            looks = (open_alerts.look, self._managers.events.tell_queues)
            self._metrics = MetricsUpdater(event_service.__version__, looks)
            self._health = build_health(self.database, self._redis)
            methods = build_methods(settings, self._managers)
            given = settings, methods, Invoker(self._authenticator)
            methods_hosted(method.path for method in methods)
            self._grpc = build_grpc(*given, self._health, self._budget, shares_port=shares_ports)
            self.address = self._grpc.address
            undo.callback(self._grpc.server.stop, 0)  # to free its port, if it has not been stopped
            self._http = build_http(
                *given, self._managers.events, self._health, self._budget, shares_port=shares_ports
            )
            undo.callback(self._metrics.stop)
            undo.callback(self._managers.stop)
            undo.callback(self._grpc.doors.close)
            self._closing = undo.pop_all()

    @property
    def webhooks(self) -> WebhookManager:
        """The webhooks of this service."""
        return self._managers.webhooks

    @property
    def http_address(self) -> str | None:
        """``host:port`` of HTTP; None if it is switched off."""
        return None if self._http is None else self._http.address

    def start(self) -> None:
        """Serve. Raises StartError, and nothing is left running then."""
        try:
            self._managers.start()
            self._grpc.doors.start()
            self._metrics.start()
            self._grpc.server.start()
            self._health.start()
            if self._http is not None:
                self._http.start()
            self._stores.publish(self.address, self.http_address)
        except BaseException:  # also Ctrl-C: what has been started must not stay
            self.stop(0)
            raise
        _log.info("serving", address=self.address, http=self.http_address)

    def flush_counts(self) -> bool:
        """Write now what is counted and not yet in the database; False if that did not work."""
        return self._managers.flusher.flush()

    def wait(self) -> None:
        """Wait until the service has stopped."""
        self._stopped.wait()

    def stop(self, grace_seconds: float | None = None) -> None:
        """Finish what is under way, for as long as the grace goes, and stop; the stores last.

        Health says first that nothing is served, and for ``drain_seconds`` calls are still taken.
        Called again meanwhile, from another thread, the shorter grace wins; 0 also ends that.
        """
        grace = self._settings.stop_seconds if grace_seconds is None else grace_seconds
        if grace == 0:
            self._hurried.set()
        self._health.stop()
        self._hurried.wait(self._settings.drain_seconds)
        grpc_stopped = self._grpc.server.stop(grace)
        self._health.end_watches()
        self._grpc.doors.end_aside()
        if self._http is not None:
            self._http.stop(grace)
        grpc_stopped.wait()
        with self._stopping:
            if not self._stopped.is_set():
                self._closing.close()

    def _build_managers(self, parsers: ParserRegistry, clock: Clock) -> Managers:
        sources_installed(parsers.source_names)
        found = self._prepare_database()
        return build_managers(
            self._settings,
            self.database,
            self._redis,
            parsers,
            taken_over=found.taken_over,
            sorts_in_memory=found.sorts_in_memory,
            clock=clock,
        )

    def _prepare_database(self) -> _Found:
        try:
            embedded = sorts_in_memory(self._mongodb)
            with ExitStack() as stack:
                builder = self._mongodb
                # The embedded store builds within the usual time or never: more would not help.
                if not embedded:
                    builder = connect_mongodb(
                        self._stores.mongodb_uri, self._settings, for_builds=True
                    )
                    stack.enter_context(builder)
                ensure_indexes(
                    builder.get_default_database(DEFAULT_DATABASE), self._settings.retention_days
                )
            others = unused(all_found(self.database), self._settings.retention_days)
            for index in filter(refuses_events, others):
                _log.error(
                    "a unique index may refuse events: event-service migrate --drop-unused",
                    index=f"{index.collection}.{index.name}",
                )
            return _Found(take_over_alerts(self.database), embedded)
        except PyMongoError as error:
            raise StartError(
                f"The database can't be used ({first_clause(error)}). event-service doctor says"
                " more, and event-service migrate builds indexes that take long."
            ) from error


class _Found(NamedTuple):
    """What there is to know of the database."""

    taken_over: bool
    sorts_in_memory: bool


def _redis(url: str, settings: Settings) -> RedisClient:
    try:
        return connect_redis(url, settings)
    except REDIS_FAULTS as error:
        raise StartError(
            f"No node of the Redis Cluster answers ({type(error).__name__}). It may go away later,"
            " but a start asks it for its nodes."
        ) from error


def _authenticator(settings: Settings) -> Authenticator:
    try:
        return build_authenticator(settings)
    except ValueError as error:
        raise StartError(f"Authentication can't be set up: {error}") from error

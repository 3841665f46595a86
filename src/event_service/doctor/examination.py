"""Everything that is looked at, put together over the settings and the stores' addresses."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from event_service.doctor.announcements import check_announcements
from event_service.doctor.check import Check, run
from event_service.doctor.clock import mongodb_clock, redis_clock
from event_service.doctor.finding import failure
from event_service.doctor.identity import check_identity
from event_service.doctor.indexes import check_indexes
from event_service.doctor.machine import check_compiled, check_data_directory, check_open_files
from event_service.doctor.mongodb import check_mongodb
from event_service.doctor.plugins import check_endpoints, check_webhooks
from event_service.doctor.redis import check_redis
from event_service.doctor.running_service import check_ports, check_service
from event_service.doctor.variables import check_variables
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.start_errors import StartError
from event_service.store_clients import closed_soon, connect_mongodb, connect_redis, database_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo import MongoClient

    from event_service.doctor.finding import Finding
    from event_service.doctor.running_service import ServiceAddress
    from event_service.settings import Settings
    from event_service.store_clients import RedisClient

_SHARE: Final = 0.3
"""How much of all the time one question to somebody else may take: a check asks several."""


@dataclass(frozen=True, slots=True)
class Examined:
    """An installation: its settings, and what was seen of it before any store was opened.

    ``holder`` is the process that has the data directory, 0 if that isn't known. ``clock`` gives
    seconds since 1970.
    """

    settings: Settings
    service: ServiceAddress | None = None
    holder: int | None = None
    clock: Callable[[], float] = time.time

    @property
    def embedded(self) -> bool:
        """Whether any store is embedded."""
        return self.settings.mongodb_uri is None or self.settings.redis_url is None


def examine_machine(examined: Examined, seconds: float) -> Iterator[Finding]:
    """What can be looked at without the stores."""
    settings, service = examined.settings, examined.service
    asked = seconds * _SHARE
    checks = [
        Check("Settings", lambda: check_variables(os.environ)),
        Check(
            "Data directory",
            lambda: check_data_directory(
                settings, holder=examined.holder, embedded=examined.embedded
            ),
        ),
        Check(
            "Service",
            lambda: (
                check_ports(settings, holder=examined.holder)
                if service is None
                else check_service(service, asked)
            ),
        ),
        Check("Open files", lambda: check_open_files(settings, service.pid if service else None)),
        Check("Compiled parts", lambda: (check_compiled(),)),
        Check("Identity", lambda: check_identity(settings, asked)),
        Check("Plugins", lambda: check_endpoints(settings, asked)),
    ]
    yield from run(checks, seconds)


def examine_stores(
    examined: Examined, mongodb_uri: str, redis_url: str, seconds: float
) -> Iterator[Finding]:
    """What is looked at in the stores, which may answer or not."""
    asked = seconds * _SHARE
    settings = _hurried(examined.settings, asked)
    with ExitStack() as stack:
        try:
            client = stack.enter_context(closed_soon(connect_mongodb(mongodb_uri, settings)))
            checks = _of_mongodb(client, examined, asked)
        except StartError as fault:
            yield failure("MongoDB", str(fault), "Correct EVENT_MONGODB_URI.")
            checks = []
        checks += _of_redis(lambda: _redis(stack, redis_url, settings), examined, asked)
        yield from run(checks, seconds)


def _of_mongodb(
    client: MongoClient[dict[str, Any]], examined: Examined, asked: float
) -> list[Check]:
    database = database_of(client)
    settings = examined.settings
    embedded = settings.mongodb_uri is None
    built_in = ParserRegistry(installed_sources())
    return [
        Check("MongoDB", lambda: check_mongodb(database, embedded=embedded, seconds=asked)),
        Check("Indexes", lambda: check_indexes(database, settings.retention_days, asked)),
        Check("Webhooks' plugins", lambda: check_webhooks(database, settings, built_in, asked)),
        Check("Clock of MongoDB", lambda: mongodb_clock(client, examined.clock, asked)),
    ]


def _of_redis(connect: Callable[[], RedisClient], examined: Examined, asked: float) -> list[Check]:
    embedded = examined.settings.redis_url is None
    return [
        Check("Redis", lambda: check_redis(connect, embedded=embedded)),
        Check("Announcements", lambda: check_announcements(connect, asked)),
        Check("Clock of Redis", lambda: redis_clock(connect, examined.clock)),
    ]


def _hurried(settings: Settings, seconds: float) -> Settings:
    """The same, but for stores that are waited for no longer than that."""
    return settings.model_copy(
        update={
            "store_timeout_seconds": min(settings.store_timeout_seconds, seconds),
            "query_seconds": min(settings.query_seconds, seconds),
        }
    )


def _redis(stack: ExitStack, url: str, settings: Settings) -> RedisClient:
    return stack.enter_context(closing(connect_redis(url, settings)))

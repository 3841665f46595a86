"""A service on embedded stores of its own, which a test may stop or freeze."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from grpc_health.v1 import health_pb2, health_pb2_grpc

from event_service.auth.open_access import NoAuth
from event_service.embedded.directory import DataDirectory
from event_service.embedded.mongodb import EmbeddedMongoDB
from event_service.embedded.redis import EmbeddedRedis
from tests.service.running import Running, running_service, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Stand:
    """A service on stores that can be stopped and started."""

    def __init__(self, running: Running, mongodb: EmbeddedMongoDB, redis: EmbeddedRedis) -> None:
        self.running = running
        self.mongodb = mongodb
        self.redis = redis
        self._health: Any = health_pb2_grpc.HealthStub(running.client.channel)

    def wait_for(self, service: str, status: int) -> None:
        """Watch the health of a service until it is that."""
        request = health_pb2.HealthCheckRequest(service=service)
        for answer in self._health.Watch(request, timeout=30):
            if answer.status == status:
                return

    def status(self, service: str) -> int:
        """The health of a service now."""
        answer = self._health.Check(health_pb2.HealthCheckRequest(service=service))
        return int(answer.status)


@contextmanager
def standing(directory: Path, **choices: Any) -> Iterator[Stand]:
    """A running one, with those settings."""
    data = DataDirectory(directory / "stores")
    mongodb = EmbeddedMongoDB(data.path, data.lock)
    redis = EmbeddedRedis(data.path, data.lock)
    settings = settings_for(mongodb.start(), redis.start(), directory / "service", **choices)
    with running_service(settings, NoAuth(), metadata=[("x_domain_id", "domain-1")]) as running:
        yield Stand(running, mongodb, redis)
    mongodb.stop()
    redis.stop()
    data.release()


@contextmanager
def frozen(pid: int | None) -> Iterator[None]:
    """Keep a process from doing anything."""
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)

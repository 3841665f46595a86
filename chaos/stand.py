"""What is broken: a running service, its stores and their processes."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psutil
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chaos.calls import Hook
from event_service.auth.local import LocalKeyPair
from event_service.cli.stores import opened_webhooks
from event_service.mongodb_address import DEFAULT_DATABASE
from event_service.plugins.plugin import PluginInfo
from event_service.settings import Settings
from event_service.store_clients import REDIS_FAULTS, connect_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    from chaos.service import ServiceProcess
    from event_service.store_clients import RedisClient

REDIS = "redis-server"
DATABASE = "secantusd-rs"
DOMAIN = "domain-chaos"
PLACES = (("workspace-1", "project-1"), ("workspace-1", "project-2"), ("workspace-2", "project-1"))
BRIEF_SECONDS = 2
"""The duplicate window of a webhook whose windows are to end during a run."""
LOOK_SECONDS = 0.02
PROBE_MILLISECONDS = 300
RETURN_SECONDS = 60.0


class NoReturn(Exception):
    """A store, or a process, did not come back; the message says which."""


class Stand:
    """One service on embedded stores."""

    def __init__(self, service: ServiceProcess) -> None:
        self.service = service

    def make_hooks(self) -> list[Hook]:
        """Webhooks of several workspaces and projects, and one with a short window."""
        hooks = []
        place = Settings.model_validate(
            {"data_dir": self.service.directory, "redis_url": self._redis_url()}
        )
        with opened_webhooks(place) as webhooks:
            for workspace, project in PLACES:
                made, key = webhooks.create("chaos", DOMAIN, workspace, project)
                hooks.append(Hook(made.webhook_id, key, workspace))
            plugin = PluginInfo(metadata={"duplicate_event_time": BRIEF_SECONDS})
            workspace, project = PLACES[0]
            made, key = webhooks.create("brief", DOMAIN, workspace, project, plugin=plugin)
            hooks.append(Hook(made.webhook_id, key, workspace, brief=True))
        return hooks

    def token(self) -> str:
        """A token that sees the whole domain, for the rest of any run."""
        keys = LocalKeyPair(self.service.directory)
        return keys.issue("DOMAIN_ADMIN", DOMAIN, ttl=7 * 86_400)

    @contextmanager
    def database(self) -> Iterator[Database[dict[str, Any]]]:
        """The service's database."""
        with MongoClient[dict[str, Any]](self.service.runtime().mongodb_uri) as client:
            yield client.get_default_database(DEFAULT_DATABASE)

    @contextmanager
    def redis(self) -> Iterator[RedisClient]:
        """The service's Redis."""
        with closing(connect_redis(self._redis_url(), Settings())) as client:
            yield client

    def store_pid(self, program: str) -> int:
        """The process of an embedded store; raises NoReturn if it doesn't run."""
        for process in psutil.Process(self.service.pid).children(recursive=True):
            try:
                # Not by its file: Debian's redis-server is a link to one of another name. Nor by
                # its arguments: a guard has the store's name among them.
                if process.name() == program:
                    return process.pid
            except psutil.Error:  # it has just ended
                continue
        raise NoReturn(f"{program} does not run")

    def worker_pids(self) -> list[int]:
        """The worker processes of the service."""
        port = int(self.service.grpc_address.rpartition(":")[2])
        return [
            process.pid
            for process in psutil.Process(self.service.pid).children(recursive=True)
            if _listens(process, port)
        ]

    def kill_store(self, program: str) -> float:
        """kill -9, and wait until the supervisor has brought the store back; when it had."""
        os.kill(self.store_pid(program), signal.SIGKILL)
        answers = self._redis_answers if program == REDIS else self._database_answers
        return wait_until(answers, f"{program} answers again")

    @contextmanager
    def frozen(self, program: str) -> Iterator[None]:
        """SIGSTOP, and SIGCONT at the end."""
        pid = self.store_pid(program)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _redis_url(self) -> str:
        # The service may see its data directory elsewhere than this process does.
        own, seen = self.service.data_dir, self.service.directory
        return self.service.runtime().redis_url.replace(str(own), str(seen))

    def _redis_answers(self) -> bool:
        with self.redis() as redis:
            try:
                return bool(redis.ping())
            except REDIS_FAULTS:
                return False

    def _database_answers(self) -> bool:
        with MongoClient[dict[str, Any]](
            self.service.runtime().mongodb_uri,
            serverSelectionTimeoutMS=PROBE_MILLISECONDS,
            connectTimeoutMS=PROBE_MILLISECONDS,
            socketTimeoutMS=PROBE_MILLISECONDS,
        ) as client:
            try:
                client.admin.command("ping")
            except PyMongoError:
                return False
            return True


def wait_until(happened: Callable[[], bool], what: str, seconds: float = RETURN_SECONDS) -> float:
    """Look until it has happened; when that was seen (``monotonic``). Raises NoReturn."""
    ends = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > ends:
            raise NoReturn(f"not within {seconds:g} s: {what}")
        time.sleep(LOOK_SECONDS)
    return time.monotonic()


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(
        one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port
        for one in connections
    )

"""The embedded Redis: a ``redis-server`` of our own, with an append-only file."""

import os
import socket
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from event_service.child_processes.child import Child
from event_service.child_processes.supervisor import Supervisor
from event_service.embedded.programs import redis_program

LONGEST_SOCKET_PATH = 100
"""In bytes. Systems take 103 (macOS) to 107 (Linux)."""
PROBE_SECONDS = 0.5


class EmbeddedRedis:
    """The Redis of a data directory: on a unix socket in it, or, where the path of one would be
    too long, on a free loopback port."""

    def __init__(self, directory: Path, lock: int) -> None:
        """``lock`` is the descriptor of the directory's lock. Raises ProcessStartError."""
        self._data = directory / "redis"
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._lock = lock
        self._program = redis_program()
        self._socket = self._data / "redis.sock"
        self._port = 0
        if len(os.fsencode(self._socket)) > LONGEST_SOCKET_PATH:
            self._port = _free_port()
        self._log = directory / "redis.log"
        self._supervisor = Supervisor("embedded redis", self._log, spawn=self._spawn, heard=_ignore)

    @property
    def url(self) -> str:
        """The address, as ``store_clients.connect_redis`` takes it."""
        if self._port:
            return f"redis://127.0.0.1:{self._port}/0"
        return f"unix://{quote(str(self._socket))}?db=0"

    @property
    def pid(self) -> int | None:
        """The process id of the server, or of its last run."""
        return self._supervisor.pid

    def start(self) -> str:
        """Start the server and wait until it has read its file; its address.

        Raises ProcessStartError.
        """
        self._supervisor.start(self._answers)
        return self.url

    def stop(self) -> None:
        """Have the server end; it writes its file first."""
        self._supervisor.stop()

    def running(self) -> bool:
        """Whether the server's process lives right now."""
        return self._supervisor.running()

    def _spawn(self) -> Child:
        place = (
            ["--port", str(self._port), "--bind", "127.0.0.1"]
            if self._port
            else ["--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"]
        )
        return Child(
            [
                str(self._program),
                *place,
                *("--dir", str(self._data)),
                *("--appendonly", "yes"),
                *("--appendfsync", "everysec"),
                *("--save", ""),
                # A full memory must not lose an open alert's claim.
                *("--maxmemory-policy", "noeviction"),
                *("--daemonize", "no"),
                *("--logfile", str(self._log)),
            ],
            directory=self._log.parent,
            log=self._log,
            lock=self._lock,
        )

    def _answers(self) -> bool:
        with Redis.from_url(
            self.url,
            socket_timeout=PROBE_SECONDS,
            socket_connect_timeout=PROBE_SECONDS,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        ) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


def _ignore(line: str) -> None:
    """It writes to its own log."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

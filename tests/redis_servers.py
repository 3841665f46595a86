"""Redis servers of the tests' own, alone and as a cluster."""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from event_service.embedded.programs import redis_program
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ATTEMPTS = 10
_SECOND_PORT = 10_000
"""Above the first one, the port of a cluster's nodes."""


def free_port() -> int:
    """One that leaves room for a cluster's second port."""
    while True:
        with socket.socket() as probe, socket.socket() as second:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + _SECOND_PORT))
            except (OSError, OverflowError):
                continue
        return port


@contextmanager
def redis_server(directory: Path, *options: str, password: str | None = None) -> Iterator[int]:
    """A Redis of the test's own on a loopback port, once it answers."""
    directory.mkdir()
    if password is not None:
        options = (*options, "--requirepass", password)
    for _ in range(_ATTEMPTS):
        port = free_port()
        command = [str(redis_program()), *options, "--port", str(port), "--bind", "127.0.0.1"]
        with (directory / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=directory, stdout=log)
        try:
            if _serves(process, port, password):
                yield port
                return
        finally:
            process.kill()
            process.wait()
    pytest.fail((directory / "log").read_text())


def _serves(process: subprocess.Popen[bytes], port: int, password: str | None) -> bool:
    """Wait until it answers, or has ended because another program has taken its port meanwhile."""
    once = Retry(NoBackoff(), 0)

    def answers() -> bool:
        with Redis(port=port, password=password, retry=once, socket_timeout=5) as client:
            try:
                return bool(client.info("server")["process_id"] == process.pid)
            except RedisError:
                return False

    return eventually(lambda: answers() or process.poll() is not None) and process.poll() is None


@contextmanager
def cluster_of_one(directory: Path, *options: str) -> Iterator[int]:
    """The port of a cluster of one node, which waits two seconds before it takes writes.

    One is enough for its client to speak as it does to many.
    """
    with redis_server(directory, "--cluster-enabled", "yes", *options) as port:
        with Redis(port=port) as node:
            node.execute_command("CLUSTER ADDSLOTS", *range(16384))
            eventually(lambda: node.cluster("INFO")["cluster_state"] == "ok")
        yield port

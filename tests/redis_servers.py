"""Redis servers of the tests' own, alone and as a cluster."""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from event_service.embedded.programs import redis_program
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNTIL_READY = Retry(ConstantBackoff(0.05), 600)


def free_port() -> int:
    """One that leaves room for a cluster's second port, 10,000 above it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55_000:
            return port


@contextmanager
def redis_server(directory: Path, *options: str, password: str | None = None) -> Iterator[int]:
    """A Redis of the test's own on a loopback port, once it answers."""
    port = free_port()
    directory.mkdir()
    if password is not None:
        options = (*options, "--requirepass", password)
    command = [str(redis_program()), *options, "--port", str(port), "--bind", "127.0.0.1"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, stdout=log)
    try:
        with Redis(port=port, password=password, retry=_UNTIL_READY) as client:
            client.ping()
        yield port
    finally:
        process.kill()
        process.wait()


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

"""Whole services as processes of their own, which write their log, all of it, into a file."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from event_service.auth.local import LocalKeyPair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class ServiceProcess:
    """A service that serves, and the key pair that it trusts."""

    channel: grpc.Channel
    keys: LocalKeyPair
    data_dir: Path
    log: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """What ``event-service`` prints, on the stores of this service."""
        done = subprocess.run(
            [sys.executable, "-c", "from event_service.cli import main; main()", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def service_process(
    mongodb_uri: str, redis_url: str, directory: Path, **settings: str
) -> Iterator[ServiceProcess]:
    """Serve on a free port, with a data directory and a key pair of its own."""
    directory.mkdir()
    keys = LocalKeyPair(directory / "data")
    log = directory / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EVENT_")}
    given = {
        "mongodb_uri": mongodb_uri,
        "redis_url": redis_url,
        "data_dir": str(directory / "data"),
        "port": "0",
        "log_level": "DEBUG",
        "log_format": "json",
    } | settings
    environment = kept | {f"EVENT_{name.upper()}": value for name, value in given.items()}
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", "from event_service.cli import main; main()", "serve"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Serving on "), log.read_text()
            with grpc.insecure_channel(said.split()[-1]) as channel:
                yield ServiceProcess(channel, keys, directory / "data", log, environment)
        finally:
            process.terminate()
            process.wait(60)

"""Services as processes of their own on given stores, which write all there is into their log."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from event_service.auth.local import LocalKeyPair
from tests.service.process import ServeProcess, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class ServiceProcess:
    """A service that serves, a channel to it, and the key pair that it trusts."""

    process: ServeProcess
    channel: grpc.Channel
    keys: LocalKeyPair

    def log(self) -> str:
        """All that it has logged so far."""
        return self.process.log.read_text()


@contextmanager
def service_process(
    mongodb_uri: str, redis_url: str, directory: Path, **settings: str
) -> Iterator[ServiceProcess]:
    """Serve on a free port, with a data directory and a key pair of its own."""
    given = {
        "mongodb_uri": mongodb_uri,
        "redis_url": redis_url,
        "log_level": "DEBUG",
        "log_format": "json",
    } | settings
    directory.mkdir()
    environment = {f"EVENT_{name.upper()}": value for name, value in given.items()}
    with (
        serving(directory / "data", **environment) as process,
        grpc.insecure_channel(process.address) as channel,
    ):
        yield ServiceProcess(process, channel, LocalKeyPair(process.data_dir))

"""Where a client on this machine reaches the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.embedded.directory import read_runtime
from event_service.socket_address import apart_from_port

if TYPE_CHECKING:
    from event_service.settings import Settings

_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nothing is bound here


def grpc_address(settings: Settings) -> str:
    """``host:port`` of the running service, else the one that the settings name.

    Raises DataDirectoryError when this user may not look into the data directory.
    """
    running = read_runtime(settings.data_dir)
    return reachable(f"{settings.host}:{settings.port}" if running is None else running.grpc)


def reachable(address: str) -> str:
    """The same ``host:port``, on loopback if it stands for all addresses, IPv6 in brackets."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    host = _LOOPBACK.get(host, host)
    return f"{apart_from_port(host)}:{port}"

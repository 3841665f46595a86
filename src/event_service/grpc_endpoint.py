"""Channels to other services, by the addresses that SpaceONE writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import grpc

from event_service.socket_address import is_loopback

ChannelOptions: TypeAlias = Sequence[tuple[str, int]]

_SCHEMES: Final = ("grpc", "grpc+ssl")
_ADDRESS: Final = re.compile(r"[^\s@]+:[0-9]+")

SERVICE_OPTIONS: Final[ChannelOptions] = (
    ("grpc.max_receive_message_length", 1024 * 1024),
    # What comes back is found again within seconds, not minutes.
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 5000),
)
"""For SpaceONE's own services, whose answers are small."""

_LOST_PEER: Final[ChannelOptions] = (
    # Acknowledged by nobody for so long, a connection is dead: its peer's machine is gone, and who
    # took over its address answers on a new one alone. Without this the system tries for 15 min.
    ("grpc.keepalive_timeout_ms", 10_000),
    # What makes gRPC tell the system so. No ping is meant: no call takes a day, and servers close
    # connections of who pings often.
    ("grpc.keepalive_time_ms", 24 * 60 * 60 * 1000),
)


def is_endpoint(text: str) -> bool:
    """Whether it is ``grpc://host:port`` or ``grpc+ssl://host:port``, whatever path may follow."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    # Who else stands there, as in other URLs, gRPC would take for a part of the host's name.
    is_address = _ADDRESS.fullmatch(parts.netloc) is not None
    return parts.scheme in _SCHEMES and is_address and bool(port)


def open_channel(endpoint: str, options: ChannelOptions) -> grpc.Channel:
    """A channel that connects when it is first used. Raises ValueError for no endpoint."""
    if not is_endpoint(endpoint):
        raise ValueError("the endpoint is not grpc://host:port or grpc+ssl://host:port")
    parts = urlsplit(endpoint)
    if parts.scheme == "grpc+ssl":
        credentials = grpc.ssl_channel_credentials()
        return grpc.secure_channel(parts.netloc, credentials, options=(*_LOST_PEER, *options))
    return open_plain_channel(parts.netloc, options)


def open_plain_channel(address: str, options: ChannelOptions = ()) -> grpc.Channel:
    """A channel without TLS to ``host:port``, which connects when it is first used.

    By the environment's proxy if any (``http_proxy``, ``grpc_proxy``), but not to this machine.
    """
    if is_loopback(address.rpartition(":")[0]):
        # A proxy would look for it on its own machine.
        options = (*options, ("grpc.enable_http_proxy", 0))
    return grpc.insecure_channel(address, options=(*_LOST_PEER, *options))

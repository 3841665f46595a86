"""How long gRPC keeps a connection: while its client is there, and not for ever at one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.settings import Settings

    Options: TypeAlias = Sequence[tuple[str, int]]


def connection_options(settings: Settings) -> Options:
    """Those of a server."""
    silence = _milliseconds(settings.keepalive_seconds)
    return (
        # By default gRPC ends the connection of a client that asks often whether we are there, and
        # with it the calls on it, as UNAVAILABLE, stored or not (CONTRACT 1.6).
        ("grpc.http2.max_ping_strikes", 0),
        ("grpc.keepalive_time_ms", silence),
        ("grpc.keepalive_timeout_ms", silence),
        ("grpc.http2.ping_timeout_ms", silence),
        # Idle connections are asked too, and more than twice.
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        *_age(settings.connection_seconds),
    )


def _age(seconds: float) -> Options:
    return (("grpc.max_connection_age_ms", _milliseconds(seconds)),) if seconds else ()


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))

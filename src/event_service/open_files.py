"""How many files a process of the service may have open: each connection is one."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Final

from event_service.store_clients import mongodb_connections

if TYPE_CHECKING:
    from event_service.settings import Settings

_OWN_FILES: Final = 256
"""What the process has open beside connections: libraries, logs, its clients' spare sockets."""


def files_needed(settings: Settings) -> int:
    """As many as a process may have open under load."""
    return (
        _OWN_FILES
        + settings.grpc_threads
        + (settings.http_connections if settings.http_port >= 0 else 0)
        + mongodb_connections(settings)
    )


def files_allowed(settings: Settings) -> int | None:
    """As many as a service that is started from here may open; None for no limit."""
    soft, hard = _limits()
    if soft == resource.RLIM_INFINITY:
        return None
    return _raised(soft, hard, settings)


def allow_files(settings: Settings) -> None:
    """Let this process, and those that it starts, open what they need, as far as the system lets.

    Many systems give a process 1,024, and let it have more when it asks.
    """
    soft, hard = _limits()
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (_raised(soft, hard, settings), hard))


def _limits() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_NOFILE)


def _raised(soft: int, hard: int, settings: Settings) -> int:
    needed = files_needed(settings)
    return max(soft, needed if hard == resource.RLIM_INFINITY else min(hard, needed))

"""Tells of every command that the driver sends to the database: how long it took, what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pymongo.monitoring import CommandListener

from event_service.metrics.stores import store_answered, store_failed
from event_service.tracing.spans import store_span

if TYPE_CHECKING:
    from pymongo.monitoring import (
        CommandFailedEvent,
        CommandStartedEvent,
        CommandSucceededEvent,
    )

_MONGODB: Final = "mongodb"
_MICROSECONDS: Final = 1_000_000
# The driver's own, in the background, and the health monitor's.
_NOT_OURS: Final = frozenset({"ping", "hello", "ismaster", "endSessions", "buildInfo"})


class MongoDBCommands(CommandListener):
    """Of a command it tells the name, and nothing of what is in it."""

    def started(self, event: CommandStartedEvent) -> None:
        """Its end says all there is to say."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """The database has answered (a write that breaks an index is answered too)."""
        operation = event.command_name
        if operation not in _NOT_OURS:
            seconds = event.duration_micros / _MICROSECONDS
            store_answered(_MONGODB, operation, seconds)
            store_span(_MONGODB, operation, seconds)

    def failed(self, event: CommandFailedEvent) -> None:
        """The database was not reached, or refused the command."""
        operation = event.command_name
        if operation not in _NOT_OURS:
            store_failed(_MONGODB, operation)
            seconds = event.duration_micros / _MICROSECONDS
            store_span(_MONGODB, operation, seconds, failed=True)

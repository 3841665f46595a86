"""What was asked of the database, as the driver itself tells."""

from __future__ import annotations

from typing import Any

from pymongo import monitoring


class SentCommands(monitoring.CommandListener):
    """Keeps the pipelines that a client has sent, and counts what it asked or had written."""

    _COUNTED = frozenset({"insert", "update", "find", "aggregate"})

    def __init__(self) -> None:
        self.commands = 0
        self._pipelines: list[list[dict[str, Any]]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.commands += event.command_name in self._COUNTED
        if event.command_name == "aggregate":
            self._pipelines.append(list(event.command["pipeline"]))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Not of interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not of interest."""

    def taken(self) -> list[list[dict[str, Any]]]:
        """The pipelines since the last call of this, in their order."""
        taken, self._pipelines = self._pipelines, []
        return taken

    def pages(self) -> list[list[dict[str, Any]]]:
        """Those of them that ask for documents, not for a number; takes all."""
        return [one for one in self.taken() if any("$limit" in stage for stage in one)]

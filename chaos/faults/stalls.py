"""A store that says nothing for a while, and one that has forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chaos.faults.fault import Needs
from chaos.stand import pause

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from chaos.stand import Stand

SHORTEST_SECONDS = 0.5


class FreezeStore:
    """SIGSTOP, and SIGCONT after up to ``longest`` seconds."""

    def __init__(self, name: str, program: str, longest: float) -> None:
        self.name = name
        self._program = program
        self._longest = longest

    def impossible(self) -> str | None:
        """See Fault."""
        return None

    def needs(self, directory: Path) -> Needs:  # noqa: ARG002
        """See Fault."""
        return Needs()

    def strike(self, stand: Stand, random: Random) -> float:
        """See Fault: from SIGCONT."""
        with stand.frozen(self._program):
            pause(random.uniform(SHORTEST_SECONDS, self._longest))
        return time.monotonic()


class EmptyRedis:
    """FLUSHALL."""

    name = "empty-redis"

    def impossible(self) -> str | None:
        """See Fault."""
        return None

    def needs(self, directory: Path) -> Needs:  # noqa: ARG002
        """See Fault."""
        return Needs()

    def strike(self, stand: Stand, random: Random) -> float:  # noqa: ARG002
        """See Fault: from its answer."""
        with stand.redis() as redis:
            redis.flushall()
        return time.monotonic()

"""A store that says nothing for a while, and one that has forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chaos.faults.fault import Fault

if TYPE_CHECKING:
    from random import Random

    from chaos.stand import Stand

SHORTEST_SECONDS = 0.5


class FreezeStore(Fault):
    """SIGSTOP, and SIGCONT after up to ``longest`` seconds."""

    def __init__(self, name: str, program: str, longest: float) -> None:
        self.name = name
        self._program = program
        self._longest = longest

    def strike(self, stand: Stand, random: Random) -> float:
        """See Fault: from SIGCONT."""
        with stand.frozen(self._program):
            time.sleep(random.uniform(SHORTEST_SECONDS, self._longest))
        return time.monotonic()


class EmptyRedis(Fault):
    """FLUSHALL."""

    name = "empty-redis"

    def strike(self, stand: Stand, random: Random) -> float:  # noqa: ARG002
        """See Fault: from its answer."""
        with stand.redis() as redis:
            redis.flushall()
        return time.monotonic()

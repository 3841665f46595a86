"""kill -9."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

from chaos.faults.fault import Fault
from chaos.stand import NoReturn, wait_until

if TYPE_CHECKING:
    from random import Random

    from chaos.stand import Stand


class KillService(Fault):
    """The whole service, whose stores end with it; it is started again at once."""

    name = "kill-service"

    def strike(self, stand: Stand, random: Random) -> float:  # noqa: ARG002
        """See Fault: from the start of the new process."""
        workers = stand.worker_pids()
        stand.service.kill()
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):  # it has ended with the service
                os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        stand.service.start()
        return began


class KillWorker(Fault):
    """One of several worker processes, which the supervisor replaces."""

    name = "kill-worker"

    def strike(self, stand: Stand, random: Random) -> float:
        """See Fault: from the kill, since nothing else has to return."""
        workers = stand.worker_pids()
        if not workers:
            raise NoReturn("no worker process listens")
        killed = random.choice(workers)
        began = time.monotonic()
        os.kill(killed, signal.SIGKILL)
        wait_until(
            lambda: len(set(stand.worker_pids()) - {killed}) >= len(workers),
            "as many workers as before listen",
        )
        return began


class KillStore(Fault):
    """A store, which the service's supervisor starts again."""

    def __init__(self, name: str, program: str) -> None:
        self.name = name
        self._program = program

    def strike(self, stand: Stand, random: Random) -> float:  # noqa: ARG002
        """See Fault: from the first answer of the new process."""
        return stand.kill_store(self._program)

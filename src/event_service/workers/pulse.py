"""Signs of life: a worker that serves gives one every second, and one that gives none hangs.

A process may be there and do nothing: it was stopped and forgotten, or no thread of its interpreter
gets on. The system goes on sending it its share of the connections, so nobody but who keeps it can
help. Each sign is a line on the worker's standard output.
"""

from __future__ import annotations

import os
import sys
import threading
from time import sleep
from typing import Final

from event_service.child_processes.supervisor import LOOK_SECONDS

SIGN: Final = "alive"
"""What a worker writes to its standard output."""

_PULSE_SECONDS: Final = 1.0


class Pulse:
    """The pulse of one worker over its runs, as who keeps it feels it. Safe for many threads."""

    def __init__(self, seconds: float) -> None:
        """``seconds`` is how long a worker may give no sign; 0: as long as it likes."""
        self._most_looks = seconds / LOOK_SECONDS
        self._serving = False
        self._looks = 0

    def expect(self) -> None:
        """The worker serves: from now on it gives signs."""
        self._looks = 0
        self._serving = True

    def expect_none(self) -> None:
        """It has ended or is starting, which may take any time."""
        self._serving = False

    def felt(self) -> None:
        """It has given a sign."""
        self._looks = 0

    def lost(self) -> bool:
        """Whether it hangs; to be asked once in ``LOOK_SECONDS``.

        Looks are counted, not time: if who keeps it was stopped itself, no time has passed.
        """
        if not self._serving or not self._most_looks:
            return False
        self._looks += 1
        return self._looks > self._most_looks


def give_signs() -> None:
    """Give them from now on, in a thread that ends with the process."""
    threading.Thread(target=_beat, args=(sys.stdout.fileno(),), name="pulse", daemon=True).start()


def _beat(output: int) -> None:
    # Past sys.stdout, whose lock an interpreter that ends must find free.
    try:
        while True:
            os.write(output, f"{SIGN}\n".encode())
            sleep(_PULSE_SECONDS)
    except OSError:  # nobody is left to feel it
        return

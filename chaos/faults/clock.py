"""A clock that is stepped, forward and back, under the service alone.

What then holds is written down in ``chaos.alerts``; tokens are good from ``iat`` to ``exp`` by the
stepped clock, so this makes no calls that need one while the clock is wrong.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.faults.fault import Fault, Needs
from chaos.stand import pause, wait_until

if TYPE_CHECKING:
    from random import Random

    from chaos.stand import Stand

PLACES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
)
STEP_SECONDS = 3600
NEAR = timedelta(seconds=STEP_SECONDS / 4)
SHORTEST_SECONDS, LONGEST_SECONDS = 0.3, 1.0
FILE = "clock"


class StepClock(Fault):
    """An hour forward, an hour back from there and another, and right again."""

    name = "step-clock"

    def impossible(self) -> str | None:
        """See Fault."""
        if sys.platform != "linux" or _library() is None:
            return "libfaketime is missing; on Debian: apt install faketime"
        return None

    def needs(self, directory: Path) -> Needs:
        """See Fault."""
        clock = directory.with_name(FILE)
        clock.write_text("+0\n")
        return Needs(
            environment={
                "LD_PRELOAD": str(_library()),
                "FAKETIME_TIMESTAMP_FILE": str(clock),
                # Seen at once; and what measures time goes on as it does on a stepped clock.
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        )

    def strike(self, stand: Stand, random: Random) -> float:
        """See Fault: from the last step."""
        clock = stand.service.log.with_name(FILE)
        steps = [STEP_SECONDS, -STEP_SECONDS]
        random.shuffle(steps)
        try:
            for step in steps:
                self._step(stand, clock, step)
                pause(random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        finally:
            _step(clock, 0)
        return time.monotonic()

    def _step(self, stand: Stand, clock: Path, seconds: int) -> None:
        """Step it, and wait until an event has the wrong time."""
        with stand.database() as database:
            events = database["event"]
            about = _now() + timedelta(seconds=seconds)
            when = {"$gt": about - NEAR, "$lt": about + NEAR}
            before = events.count_documents({"created_at": when})
            _step(clock, seconds)
            wait_until(
                lambda: events.count_documents({"created_at": when}) > before,
                "the service follows its clock",
            )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _step(clock: Path, seconds: int) -> None:
    # Replaced whole: the service reads it all the time.
    draft = clock.with_name(f"{FILE}.draft")
    draft.write_text(f"{seconds:+d}\n")
    draft.replace(clock)


@cache
def _library() -> Path | None:
    root = Path("/")
    found = (path for place in PLACES for path in sorted(root.glob(place.lstrip("/"))))
    return next(found, None)

"""A clock that is stepped, forward and back, under the service alone.

What then holds is written down in ``chaos.alerts``. Tokens are good from ``iat`` to ``exp`` by the
service's clock, so none is used while it is wrong.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.faults.fault import Fault, Needs
from chaos.stand import wait_until

if TYPE_CHECKING:
    from random import Random

    from chaos.stand import Stand

SOURCE = Path(__file__).with_name("stepped_clock.c")
STEP_SECONDS = 3600
NEAR = timedelta(seconds=STEP_SECONDS / 4)
SHORTEST_SECONDS, LONGEST_SECONDS = 0.3, 1.0
OFFSET_BYTES = 8


class StepClock(Fault):
    """An hour forward and an hour back, in either order, and right again."""

    name = "step-clock"

    def impossible(self) -> str | None:
        """See Fault."""
        if not sys.platform.startswith("linux"):
            return "it takes Linux"
        return None if shutil.which("cc") else "it takes a C compiler; on Debian: apt install gcc"

    def needs(self, directory: Path) -> Needs:
        """See Fault."""
        library = directory.with_name("stepped_clock.so")
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)]
        subprocess.run(command, check=True)
        clock = _clock_beside(directory)
        _set(clock, 0)
        return Needs(environment={"LD_PRELOAD": str(library), "STEPPED_CLOCK": str(clock)})

    def strike(self, stand: Stand, random: Random) -> float:
        """See Fault: from the last step."""
        clock = _clock_beside(stand.service.data_dir)
        steps = [STEP_SECONDS, -STEP_SECONDS]
        random.shuffle(steps)
        try:
            for step in steps:
                _step(stand, clock, step)
                time.sleep(random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        finally:
            _set(clock, 0)
        return time.monotonic()


def _step(stand: Stand, clock: Path, seconds: int) -> None:
    """Step it, and wait until an event has the wrong time."""
    with stand.database() as database:
        events = database["event"]
        about = _now() + timedelta(seconds=seconds)
        when = {"$gt": about - NEAR, "$lt": about + NEAR}
        before = events.count_documents({"created_at": when})
        _set(clock, seconds)
        wait_until(
            lambda: events.count_documents({"created_at": when}) > before,
            "the service follows its clock",
        )


def _set(clock: Path, seconds: int) -> None:
    # Overwritten in place: the service has it mapped.
    with clock.open("r+b" if clock.exists() else "wb") as file:
        file.write(seconds.to_bytes(OFFSET_BYTES, sys.byteorder, signed=True))


def _clock_beside(directory: Path) -> Path:
    return directory.with_name("clock")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

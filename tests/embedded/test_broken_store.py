"""A store that runs and has broken is started again."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from event_service.child_processes.child import Child
from event_service.child_processes.supervisor import Supervisor
from event_service.embedded.directory import DataDirectory

if TYPE_CHECKING:
    from pathlib import Path

RUNS_UNTIL_KILLED = "import signal; signal.pause()"
DEADLINE_SECONDS = 30.0


def test_it_is_killed_and_started_again(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "data")
    log = tmp_path / "log"
    broken, again = threading.Event(), threading.Event()
    pids: list[int] = []

    def spawn() -> Child:
        child = Child(
            [sys.executable, "-c", RUNS_UNTIL_KILLED],
            directory=directory.path,
            log=log,
            lock=directory.lock,
        )
        pids.append(child.pid)
        if len(pids) > 1:
            broken.clear()
            again.set()
        return child

    supervisor = Supervisor("store", log, spawn=spawn, heard=lambda _: None, broken=broken.is_set)
    supervisor.start(lambda: True)
    try:
        broken.set()
        assert again.wait(DEADLINE_SECONDS)
    finally:
        supervisor.stop()
        directory.release()
    assert len(set(pids)) == 2

"""Keeps a process running: when it ends without being asked to, it is started again.

So is one that runs and has broken.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from event_service.child_processes.child import Child
from event_service.start_errors import ProcessStartError

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 10.0
"""A process that has run this long is started again without a longer pause than the first."""
START_SECONDS = 60.0
STOP_SECONDS = 20.0
PROBE_SECONDS = 0.02
LOOK_SECONDS = 1.0
"""How often a running process is asked whether it has broken."""
ATTEMPTS = 3
"""How often a process may end before it is ready for the first time."""

_log = structlog.get_logger(__name__)


class Supervisor:
    """A subprocess, with one thread that reads its output and awaits its end."""

    def __init__(
        self,
        name: str,
        log: Path | str,
        *,
        spawn: Callable[[], Child],
        heard: Callable[[str], None],
        broken: Callable[[], bool] | None = None,
        ended: Callable[[int], None] = lambda _pid: None,
        start_seconds: float | None = None,
        stop_seconds: float = STOP_SECONDS,
        hurry_seconds: float = STOP_SECONDS,
    ) -> None:
        """``spawn`` starts the process, ``heard`` is told each line that it writes; ``log`` is
        where its own words are found. ``broken`` says whether a process that runs must be started
        again; it is asked by a thread of its own. ``ended`` hears the pid of one that ended by
        itself. ``start_seconds`` is how long it may take to be ready, ``START_SECONDS`` if it is
        None, ``stop_seconds`` how long to stop, and ``hurry_seconds`` how long when told twice."""
        self._name = name
        self._log = log
        self._spawn = spawn
        self._heard = heard
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._ended = 0
        self._child: Child | None = None
        self._broken = broken
        self._told_ended = ended
        self._start_seconds = START_SECONDS if start_seconds is None else start_seconds
        self._stop_seconds = stop_seconds
        self._hurry_seconds = hurry_seconds
        self._thread = threading.Thread(target=self._keep, name=f"{name} keeper", daemon=True)

    def start(self, ready: Callable[[], bool]) -> None:
        """Start the process and wait until ``ready()``. Raises ProcessStartError if it never is."""
        self._child = self._spawn()
        self._thread.start()
        deadline = time.monotonic() + self._start_seconds
        while not ready():
            if self._ended >= ATTEMPTS or time.monotonic() > deadline:
                self.stop()
                raise ProcessStartError(f"The {self._name} does not start; {self._log} says why.")
            self._stopping.wait(PROBE_SECONDS)
        if self._broken is not None:
            watching = threading.Thread(
                target=self._watch,
                args=(self._broken,),
                name=f"{self._name} watch",
                daemon=True,
            )
            watching.start()

    def stop(self, asked: int = 1) -> None:
        """Have it end in its own time, and by force if it takes too long.

        ``asked`` is how often it is told: workers hurry when told twice.
        """
        with self._lock:
            self._stopping.set()
            child = self._child
        if child is None:
            return
        for before in range(asked):
            child.ask_to_stop(again=before > 0)
        self._thread.join(self._stop_seconds if asked == 1 else self._hurry_seconds)
        if self._thread.is_alive():
            _log.warning("did not stop in time and is killed", process=self._name)
            child.kill()
            self._thread.join()

    def running(self) -> bool:
        """Whether the process lives right now."""
        child = self._child
        return child is not None and child.alive() and not self._stopping.is_set()

    @property
    def pid(self) -> int | None:
        """Its process id, or that of its last run."""
        child = self._child
        return None if child is None else child.pid

    def _watch(self, broken: Callable[[], bool]) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            child = self._child
            if broken() and child is not None and child is self._child:
                _log.error("has broken and is killed", process=self._name, log=str(self._log))
                child.kill()

    def _keep(self) -> None:
        child = self._child
        pause = FIRST_PAUSE_SECONDS
        while child is not None:
            began = time.monotonic()
            for line in child.lines():
                self._heard(line)
            status = child.finish()
            self._ended += 1
            if self._stopping.is_set():
                return
            _log.warning("ended by itself", process=self._name, status=status)
            self._told_ended(child.pid)
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            child = self._again(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _again(self, pause: float) -> Child | None:
        while not self._stopping.wait(pause):
            with self._lock:
                if self._stopping.is_set():
                    return None
                try:
                    self._child = self._spawn()
                except ProcessStartError as error:  # a full disk, no memory: it may pass
                    _log.warning("can't be started", process=self._name, fault=str(error))
                else:
                    _log.info("started again", process=self._name)
                    return self._child
            pause = LONGEST_PAUSE_SECONDS
        return None

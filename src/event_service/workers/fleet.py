"""The service as several processes: one of them here keeps the stores and the others running."""

from __future__ import annotations

import math
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final, cast

import structlog

from event_service.child_processes.child import Child
from event_service.child_processes.supervisor import Supervisor
from event_service.embedded.directory import writing
from event_service.metrics.ended_workers import worker_gone
from event_service.metrics.shared_files import share_metrics
from event_service.stores import open_stores
from event_service.workers.pulse import SIGN, Pulse
from event_service.workers.reserved_port import ReservedPort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.embedded.directory import DataDirectory
    from event_service.settings import Settings

_log = structlog.get_logger(__name__)

READY: Final = "ready"
"""What a worker writes to its standard output when it serves."""
AGAIN: Final = "again"
"""The last argument of a worker that takes the place of one that has ended by itself."""

_MARGIN_SECONDS: Final = 15.0
"""What a worker may take beyond the time of its calls, to write counts and let go of stores."""


class Fleet:
    """Workers on the same ports; what ends or hangs is started again, and they never outlive us.

    Each is a whole service over the stores that are held here. The system spreads connections,
    not calls, over them.
    """

    def __init__(self, settings: Settings, given: Mapping[str, str]) -> None:
        """Take the ports and open the stores. Raises StartError.

        ``given`` are variables that say what ``settings`` has and the environment hasn't.
        """
        self._settings = settings
        self._stopping = threading.Lock()
        self._stopped = threading.Event()
        with ExitStack() as undo:
            grpc_port = ReservedPort(settings.host, settings.port, "EVENT_PORT")
            undo.callback(grpc_port.close)
            http_port = None
            if settings.http_port >= 0:
                http_port = ReservedPort(settings.host, settings.http_port, "EVENT_HTTP_PORT")
                undo.callback(http_port.close)
            self._stores = undo.enter_context(closing(open_stores(settings)))
            self._lock = cast("DataDirectory", self._stores.directory).lock
            with writing(settings.data_dir):
                share_metrics(settings.data_dir / "metrics")
            self._closing = undo.pop_all()
        self.address = grpc_port.address
        self.http_address = None if http_port is None else http_port.address
        self._environment = {
            **os.environ,
            **given,
            "EVENT_PROCESSES": "1",
            "EVENT_PORT": str(grpc_port.port),
            "EVENT_HTTP_PORT": str(-1 if http_port is None else http_port.port),
            "EVENT_DATA_DIR": str(settings.data_dir),
            "EVENT_MONGODB_URI": self._stores.mongodb_uri,
            "EVENT_REDIS_URL": self._stores.redis_url,
        }
        self._workers = [_Worker(self, number + 1) for number in range(settings.processes)]

    def start(self) -> None:
        """Serve. Raises StartError, and nothing is left running then."""
        try:
            # The first one prepares the database, alone.
            self._workers[0].start()
            with ThreadPoolExecutor(len(self._workers)) as starting:
                list(starting.map(_Worker.start, self._workers[1:]))
            self._stores.publish(self.address, self.http_address)
        except BaseException:  # also Ctrl-C: what has been started must not stay
            self.stop(0)
            raise
        _log.info("serving", address=self.address, http=self.http_address, workers=len(self.pids))

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers."""
        return tuple(worker.pid for worker in self._workers if worker.pid is not None)

    def wait(self) -> None:
        """Wait until the service has stopped."""
        self._stopped.wait()

    def stop(self, grace_seconds: float | None = None) -> None:
        """Have the workers finish what is under way, and stop; the stores last.

        Called again meanwhile, from another thread, with 0, they end at once.
        """
        threads = [
            threading.Thread(target=worker.stop, args=(grace_seconds == 0,), name="stop")
            for worker in self._workers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with self._stopping:
            if not self._stopped.is_set():
                try:
                    self._closing.close()
                finally:
                    self._stopped.set()

    def spawn(self, *arguments: str) -> Child:
        """One more worker process. Raises ProcessStartError."""
        return Child(
            # -P: what lies about where the service was started is no module of ours.
            [sys.executable, "-P", "-m", "event_service.workers", *arguments],
            directory=None,  # settings may name files from there
            log=None,
            lock=self._lock,
            environment=self._environment,
        )

    @property
    def hang_seconds(self) -> float:
        """How long a worker may give no sign of life; 0: as long as it likes."""
        return self._settings.hang_seconds

    @property
    def worker_stop_seconds(self) -> float:
        """How long a worker may take to stop."""
        settings = self._settings
        return settings.drain_seconds + settings.stop_seconds + _MARGIN_SECONDS


class _Worker:
    """One of them, over its runs."""

    def __init__(self, fleet: Fleet, number: int) -> None:
        self._fleet = fleet
        self._number = number
        self._ready = threading.Event()
        self._pulse = Pulse(fleet.hang_seconds)
        self._supervisor = Supervisor(
            f"worker {number}",
            "the log",
            spawn=self._spawn,
            heard=self._heard,
            broken=self._pulse.lost,
            ended=worker_gone,
            # It may build indexes first, and ends by itself if it can't start.
            start_seconds=math.inf,
            stop_seconds=fleet.worker_stop_seconds,
            hurry_seconds=_MARGIN_SECONDS,
        )

    @property
    def pid(self) -> int | None:
        return self._supervisor.pid

    def start(self) -> None:
        self._supervisor.start(self._ready.is_set)

    def stop(self, at_once: bool) -> None:  # noqa: FBT001  # a thread's argument
        self._supervisor.stop(2 if at_once else 1)

    def _spawn(self) -> Child:
        self._pulse.expect_none()
        return self._fleet.spawn(str(self._number), *([AGAIN] if self._ready.is_set() else []))

    def _heard(self, line: str) -> None:
        if line == SIGN:
            self._pulse.felt()
        elif line == READY:
            self._pulse.expect()
            self._ready.set()

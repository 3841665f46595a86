"""``event-service serve`` as a process that may be killed and started again."""

from __future__ import annotations

import shutil
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from event_service.embedded.runtime import RUNTIME_FILE, Runtime
from serve_command import NotServing, ServeCommand, environment_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORKERS = 2
START_SECONDS = 60.0
STOP_SECONDS = 90.0


class ServiceProcess:
    """The service on ports that it keeps, with embedded stores in ``data_dir``.

    ``wrapper`` is a command that runs the service in its own process; ``visible`` is the data
    directory as others than the service see it, with ``{pid}`` for the service's process.
    """

    def __init__(
        self,
        data_dir: Path,
        log: Path,
        environment: Mapping[str, str],
        *,
        wrapper: Sequence[str] = (),
        visible: str = "",
    ) -> None:
        grpc_port, http_port = _free_ports(2)
        self.grpc_address = f"127.0.0.1:{grpc_port}"
        self.http_address = f"127.0.0.1:{http_port}"
        self.log = log
        self.data_dir = data_dir
        self._visible = visible or str(data_dir)
        self._environment = environment_with({"EVENT_DATA_DIR": str(data_dir)} | dict(environment))
        ports = ["--port", str(grpc_port), "--http-port", str(http_port)]
        self._options = [*ports, "--processes", str(WORKERS)]
        self._wrapper = wrapper
        self._process: ServeCommand | None = None

    @property
    def pid(self) -> int:
        """The process that was started last."""
        if self._process is None:
            raise NotServing("The service was not started.")
        return self._process.pid

    @property
    def directory(self) -> Path:
        """The data directory, as this process sees it."""
        return Path(self._visible.format(pid=self.pid))

    def save_directory(self) -> None:
        """Copy a data directory that ends with the service, to where it would be without that."""
        seen = self.directory
        if seen == self.data_dir or not seen.exists():
            return
        for part in seen.rglob("*"):
            copy = self.data_dir / part.relative_to(seen)
            if part.is_dir():
                copy.mkdir(parents=True, exist_ok=True)
            elif part.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(part, copy)

    def start(self) -> None:
        """Start it and wait until it says that it serves. Raises NotServing."""
        process = self._process = ServeCommand(
            self._options, self._environment, self.log, wrapper=self._wrapper
        )
        too_late = threading.Timer(START_SECONDS, process.kill)
        too_late.start()
        try:
            process.wait_until_serving()
        finally:
            too_late.cancel()

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.ended(None)

    def stop(self) -> int:
        """SIGTERM; the exit status. Killed if that takes too long."""
        return 0 if self._process is None else self._process.stop(STOP_SECONDS)

    def runtime(self) -> Runtime:
        """Where the stores are."""
        return Runtime.from_json((self.directory / RUNTIME_FILE).read_text(encoding="utf-8"))


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()

"""``event-service serve`` as a process that may be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from event_service.embedded.runtime import RUNTIME_FILE, Runtime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMAND = str(Path(sys.executable).with_name("event-service"))
WORKERS = 2
START_SECONDS = 60.0
STOP_SECONDS = 90.0


class NotServing(Exception):
    """The service did not start; the message says what its log says last."""


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
        inherited = {key: value for key, value in os.environ.items() if key[:6] != "EVENT_"}
        ours = {"EVENT_DATA_DIR": str(data_dir)}
        self._environment = inherited | ours | dict(environment)
        ports = ["--port", str(grpc_port), "--http-port", str(http_port)]
        self._command = [*wrapper, COMMAND, "serve", *ports, "--processes", str(WORKERS)]
        self._process: subprocess.Popen[str] | None = None

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
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self._command, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._process = process
        too_late = threading.Timer(START_SECONDS, process.kill)
        too_late.start()
        try:
            for line in process.stdout or ():
                if line.startswith("Serving on"):
                    return
        finally:
            too_late.cancel()
        process.wait()
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
        raise NotServing(f"The service did not start:\n{last}")

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._ended(None)

    def stop(self) -> int:
        """SIGTERM; the exit status. Killed if that takes too long."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._ended(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._ended(None)

    def runtime(self) -> Runtime:
        """Where the stores are."""
        return Runtime.from_json((self.directory / RUNTIME_FILE).read_text(encoding="utf-8"))

    def _ended(self, seconds: float | None) -> int:
        if self._process is None:
            return 0
        status = self._process.wait(seconds)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()

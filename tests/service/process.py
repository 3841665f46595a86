"""The service as a process of its own, as an operator runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COMMAND = str(Path(sys.executable).with_name("event-service"))


class ServeProcess:
    """``event-service serve`` on free ports."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        inherited = {key: value for key, value in os.environ.items() if key[:6] != "EVENT_"}
        ours = {"EVENT_DATA_DIR": str(data_dir), "EVENT_HTTP_PORT": "0"}
        self.environment = inherited | ours | dict(environment)
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        self._process = self._start()

    @property
    def address(self) -> str:
        """Where gRPC is served."""
        return str(self.runtime()["grpc"])

    def runtime(self) -> dict[str, Any]:
        """What runtime.json says."""
        content: dict[str, Any] = json.loads((self.data_dir / "runtime.json").read_text())
        return content

    def workers(self) -> list[psutil.Process]:
        """The processes that serve, where there are several."""
        family = psutil.Process(self.runtime()["pid"]).children(recursive=True)
        return [one for one in family if one.cmdline()[1:3] == ["-m", "event_service.workers"]]

    def run(self, *arguments: str) -> str:
        """What another ``event-service`` command says about the same data directory."""
        return subprocess.run(
            [COMMAND, *arguments], env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def webhook(self, name: str, *options: str) -> tuple[str, str]:
        """The id and key of a new webhook in domain-1, workspace-1, project-1."""
        tenant = ("--domain", "domain-1", "--workspace", "workspace-1", "--project", "project-1")
        made = json.loads(self.run("webhook", "create", name, *tenant, "--json", *options))
        return made["webhook_id"], made["access_key"]

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        self._process.kill()
        self._ended(None)

    def restart(self) -> None:
        """Start it again on the same data directory."""
        self._process = self._start()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.tell_to_stop()
        return self.ended()

    def tell_to_stop(self) -> None:
        """SIGTERM, and no wait."""
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Wait for the end; the exit status."""
        return self._ended(60)

    def end(self) -> None:
        """Make sure that nothing is left running."""
        if self._process.poll() is None:
            self.kill()

    def _ended(self, seconds: float | None) -> int:
        status = self._process.wait(seconds)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status

    def _start(self) -> subprocess.Popen[str]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [COMMAND, "serve", "--port", "0"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Serving on"):
                return process
        process.wait()
        raise AssertionError(f"the service did not start:\n{self.log.read_text()}")


@contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[ServeProcess]:
    """A running process, ended at the end whatever happens."""
    process = ServeProcess(data_dir, environment)
    try:
        yield process
    finally:
        process.end()

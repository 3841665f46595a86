"""The service as a process of its own, as an operator runs it."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil

from serve_command import COMMAND, ServeCommand, environment_with
from tests.patience import STORE_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class ServeProcess:
    """``event-service serve`` on free ports."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        ours = {
            "EVENT_DATA_DIR": str(data_dir),
            "EVENT_HTTP_PORT": "0",
            "EVENT_STORE_TIMEOUT_SECONDS": str(STORE_TIMEOUT_SECONDS),
        }
        self.environment = environment_with(ours | dict(environment))
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
        return [one for one in family if one.cmdline()[2:4] == ["-m", "event_service.workers"]]

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
        self._process.ended(None)

    def restart(self) -> None:
        """Start it again on the same data directory."""
        self._process = self._start()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.tell_to_stop()
        return self.ended()

    def tell_to_stop(self) -> None:
        """SIGTERM, and no wait."""
        self._process.terminate()

    def ended(self) -> int:
        """Wait for the end; the exit status."""
        return self._process.ended(60)

    def end(self) -> None:
        """Make sure that nothing is left running."""
        if self._process.poll() is None:
            self.kill()

    def _start(self) -> ServeCommand:
        process = ServeCommand(["--port", "0"], self.environment, self.log)
        process.wait_until_serving()
        return process


@contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[ServeProcess]:
    """A running process, ended at the end whatever happens."""
    process = ServeProcess(data_dir, environment)
    try:
        yield process
    finally:
        process.end()

"""The service as a process of its own, on embedded stores in a directory of the bench's."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from event_service.auth.local import LocalKeyPair
from event_service.embedded.runtime import RUNTIME_FILE, Runtime
from serve_command import COMMAND, ServeCommand, environment_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STOP_SECONDS = 60.0
_STORES = {"secantusd": "mongodb", "redis-server": "redis", "falkordb": "redis"}
_GUARD = "child_processes/guard.py"


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of a running service, by what they do."""

    serving: tuple[psutil.Process, ...]
    mongodb: tuple[psutil.Process, ...]
    redis: tuple[psutil.Process, ...]


@dataclass(frozen=True, slots=True)
class RunningService:
    """``event-service serve``, answering."""

    data_dir: Path
    runtime: Runtime

    def processes(self) -> Processes:
        """What runs right now: workers may have come and gone."""
        found: dict[str, list[psutil.Process]] = {"serving": [], "mongodb": [], "redis": []}
        main = psutil.Process(self.runtime.pid)
        for process in (main, *main.children(recursive=True)):
            part = _part(process)
            if part is not None:
                found[part].append(process)
        return Processes(**{part: tuple(processes) for part, processes in found.items()})

    def webhook(self, domain_id: str) -> tuple[str, str]:
        """The id and access key of a new webhook in workspace-0 and project-0 of the domain."""
        tenant = ("--domain", domain_id, "--workspace", "workspace-0", "--project", "project-0")
        made = json.loads(
            subprocess.run(  # noqa: S603
                [COMMAND, "webhook", "create", "bench", *tenant, "--json"],
                env=_environment(self.data_dir),
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        return made["webhook_id"], made["access_key"]

    def token(self, domain_id: str) -> str:
        """A token of the domain's DOMAIN_ADMIN, good for a day."""
        return LocalKeyPair(self.data_dir).issue("DOMAIN_ADMIN", domain_id, ttl=86_400)


@contextmanager
def serving(data_dir: Path, processes: int = 1) -> Iterator[RunningService]:
    """Run the service until the end of the block. Raises NotServing."""
    options = ["--port", "0"]
    if processes != 1:
        options += ["--processes", str(processes)]
    process = ServeCommand(
        options,
        _environment(data_dir),
        data_dir.with_name(f"{data_dir.name}.log"),
        # Ctrl-C in a terminal goes to the bench alone, which stops the service.
        start_new_session=True,
    )
    try:
        process.wait_until_serving()
        text = (data_dir / RUNTIME_FILE).read_text(encoding="utf-8")
        yield RunningService(data_dir, Runtime.from_json(text))
    finally:
        process.stop(_STOP_SECONDS)


def _environment(data_dir: Path) -> dict[str, str]:
    return environment_with({"EVENT_DATA_DIR": str(data_dir), "EVENT_HTTP_PORT": "0"})


def _part(process: psutil.Process) -> str | None:
    """What a process does: serve, be a store, or None for a store's guard and one that ended."""
    try:
        program, command = process.name(), process.cmdline()
    except psutil.Error:
        return None
    if any(argument.endswith(_GUARD) for argument in command):
        return None
    return next((part for name, part in _STORES.items() if program.startswith(name)), "serving")

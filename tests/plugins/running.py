"""Starts plugins in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from event_service.plugins.client import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class RunningPlugin:
    """A plugin that serves."""

    port: int
    process: subprocess.Popen[str]

    @property
    def endpoint(self) -> str:
        return f"grpc://127.0.0.1:{self.port}"

    @property
    def place(self) -> Place:
        return Place("plugin-x", self.endpoint)

    def wait_for_held(self) -> None:
        """Wait until a call with the option ``do: hold`` is there."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        """Let that call go, and those that come."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running_plugin(port: int = 0) -> Iterator[RunningPlugin]:
    """A plugin on that port, or any free one."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.plugins.plugin_process", str(port)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it says there how it crashes when it is told to
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield RunningPlugin(int(process.stdout.readline()), process)
        finally:
            process.kill()

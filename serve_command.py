"""``event-service serve`` as a child process, for what measures, breaks and tests the service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMAND: Final = str(Path(sys.executable).with_name("event-service"))
_LAST_LINES: Final = 20


class NotServing(Exception):
    """The service did not start; the message says what its log says last."""


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with these variables in place of all settings in it."""
    return {key: value for key, value in os.environ.items() if key[:6] != "EVENT_"} | dict(settings)


class ServeCommand(subprocess.Popen[str]):
    """``event-service serve``, just started; ``wait_until_serving`` comes next."""

    def __init__(
        self,
        options: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        wrapper: Sequence[str] = (),
        start_new_session: bool = False,
    ) -> None:
        """What it logs is added to ``log``. ``wrapper`` is a command that becomes the service.

        In a session of its own it doesn't hear of Ctrl-C in this terminal.
        """
        self._log = log
        with log.open("ab") as stream:
            super().__init__(
                [*wrapper, COMMAND, "serve", *options],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                start_new_session=start_new_session,
            )

    def wait_until_serving(self) -> None:
        """Raises NotServing, once it has ended."""
        for line in self.stdout or ():
            if line.startswith("Serving on"):
                return
        self.wait()
        last = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        raise NotServing("\n".join(["The service did not start:", *last]))

    def stop(self, seconds: float) -> int:
        """SIGTERM; the exit status. Killed if it takes longer, and its embedded stores with it."""
        self.terminate()
        try:
            return self.ended(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.ended(None)

    def ended(self, seconds: float | None) -> int:
        """Wait for its end; the exit status. Raises subprocess.TimeoutExpired."""
        status = self.wait(seconds)
        if self.stdout is not None:
            self.stdout.close()
        return status

"""One run of a store as a subprocess of ours, under its guard."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from event_service.embedded import guard
from event_service.start_errors import EmbeddedStoreError


class Child:
    """A store that runs until it is stopped, or this process ends, be it by kill -9."""

    def __init__(self, command: Sequence[str], *, log: Path, lock: int) -> None:
        """Start ``command``; what it writes to standard error is appended to the file ``log``.

        ``lock`` is a descriptor that the guard keeps open: a lock on it is held until the store
        has ended too. Raises EmbeddedStoreError.
        """
        try:
            self._guard = _start(command, log, lock)
        except OSError as error:
            raise EmbeddedStoreError(f"{command[0]} can't be started: {error}") from error
        self._to_guard = cast("IO[bytes]", self._guard.stdin)
        self._output = cast("IO[bytes]", self._guard.stdout)
        word, _, number = self._output.readline().decode().strip().partition(" ")
        if word != "pid":
            self.finish()
            raise EmbeddedStoreError(f"{command[0]} can't be started; {log} says why.")
        self.pid = int(number)

    def lines(self) -> Iterator[str]:
        """What the store writes to standard output, line by line, until it ends."""
        for line in self._output:
            yield line.decode(errors="replace").rstrip()

    def alive(self) -> bool:
        """Whether the store still runs."""
        return self._guard.poll() is None

    def ask_to_stop(self) -> None:
        """Have the store end in its own time (SIGTERM)."""
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended by itself
            self._to_guard.write(b".")
            self._to_guard.flush()

    def kill(self) -> None:
        """End the store at once (SIGKILL), and its guard."""
        if self.alive():
            self._kill_group()

    def finish(self) -> int:
        """End whatever is left of it, and let go of it; the exit status.

        For the one thread that has read all of ``lines()``.
        """
        self._kill_group()  # a store whose guard was killed, a store's own child
        status = self._guard.wait()
        with contextlib.suppress(BrokenPipeError):
            self._to_guard.close()
        self._output.close()
        return status

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended meanwhile
            os.killpg(self._guard.pid, signal.SIGKILL)


def _start(command: Sequence[str], log: Path, lock: int) -> subprocess.Popen[bytes]:
    with log.open("ab") as errors:
        return subprocess.Popen(  # noqa: S603
            # Isolated: no variable and no file of the user can change what runs.
            [sys.executable, "-I", "-S", guard.__file__, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            cwd=log.parent,
            pass_fds=(lock,),
            umask=0o077,  # what the stores write is this user's alone
            # Ctrl-C in a terminal goes to the service alone, which stops its stores last.
            start_new_session=True,
        )


def _environment() -> dict[str, str]:
    # The stores read variables of their own, which would change what was measured.
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}

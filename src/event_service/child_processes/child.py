"""One run of a program as a subprocess of ours, under its guard."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, cast

from event_service.child_processes import guard
from event_service.start_errors import ProcessStartError

_CORES = ",".join(map(str, os.sched_getaffinity(0))) if sys.platform == "linux" else ""
"""Those that this process may run on, before it confines itself to one (``one_core``)."""


class Child:
    """A program that runs until it is stopped, or this process ends, be it by kill -9."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        directory: Path | None,
        log: Path | None,
        lock: int,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start ``command`` in ``directory``, or in ours; what it writes to standard error is
        appended to the file ``log``, or goes where ours goes.

        ``lock`` is a descriptor that the guard keeps open: a lock on it is held until the program
        has ended too. Without an ``environment`` it gets the few variables that any program wants,
        so that none can change what runs. Raises ProcessStartError.
        """
        given = _few_variables() if environment is None else environment
        try:
            self._guard = _start(command, directory, log, lock, given)
        except OSError as error:
            raise ProcessStartError(f"{command[0]} can't be started: {error}") from error
        self._to_guard = cast("IO[bytes]", self._guard.stdin)
        self._output = cast("IO[bytes]", self._guard.stdout)
        word, _, number = self._output.readline().decode().strip().partition(" ")
        if word != "pid":
            self.finish()
            raise ProcessStartError(f"{command[0]} can't be started; {log or 'the log'} says why.")
        self.pid = int(number)

    def lines(self) -> Iterator[str]:
        """What it writes to standard output, line by line, until it ends."""
        for line in self._output:
            yield line.decode(errors="replace").rstrip()

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._guard.poll() is None

    def ask_to_stop(self, *, again: bool = False) -> None:
        """Have it end in its own time (SIGTERM), or sooner where it was told before (SIGINT)."""
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended by itself
            self._to_guard.write(guard.AGAIN if again else b".")
            self._to_guard.flush()

    def kill(self) -> None:
        """End it at once (SIGKILL), and its guard."""
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


def _start(
    command: Sequence[str],
    directory: Path | None,
    log: Path | None,
    lock: int,
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    with nullcontext() if log is None else log.open("ab") as errors:
        return subprocess.Popen(  # noqa: S603
            # The guard is isolated: no variable and no file of the user can change what runs.
            [sys.executable, "-I", "-S", guard.__file__, _CORES, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            cwd=directory,
            pass_fds=(lock,),
            umask=0o077,  # what it writes is this user's alone
            # Ctrl-C in a terminal goes to the service alone, which stops its stores last.
            start_new_session=True,
        )


def _few_variables() -> dict[str, str]:
    # The stores read variables of their own, which would change what was measured.
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}

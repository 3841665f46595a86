"""The data directory: one process holds it at a time, and says in it where it can be reached."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from event_service.embedded.runtime import RUNTIME_FILE, Runtime
from event_service.start_errors import DataDirectoryError

LOCK_FILE = "lock"
LIVING_HOLDER_SECONDS = 1.0
DEAD_HOLDER_SECONDS = 15.0
"""How long the stores of a service that was killed may hold its directory while they end."""
RETRY_SECONDS = 0.05
_MOST_PID = 2**31 - 1
"""The system refuses to look for a larger one."""


class DataDirectory:
    """A data directory that this process holds until ``release()``, or until it ends.

    The lock belongs to an open file that the guards of the embedded stores share: a directory is
    free only when the stores of its last holder have ended too.
    """

    def __init__(self, path: Path) -> None:
        """Make the directory, if need be for this user alone, and hold it.

        Raises DataDirectoryError: it can't be written, or another process holds it (the message
        says which).
        """
        self.path = path
        with writing(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.lock = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with writing(path):
                self._hold()
                os.ftruncate(self.lock, 0)
                os.pwrite(self.lock, f"{os.getpid()}\n".encode(), 0)
                # A killed service may have left its addresses; nobody is to believe them now.
                (path / RUNTIME_FILE).unlink(missing_ok=True)
        except BaseException:  # also Ctrl-C while waiting: the lock's file is open
            os.close(self.lock)
            raise

    def write_runtime(self, runtime: Runtime) -> None:
        """Publish where the service is reached, whole or not at all. Raises DataDirectoryError."""
        unfinished = self.path / f"{RUNTIME_FILE}.{os.getpid()}"
        with writing(self.path):
            unfinished.unlink(missing_ok=True)
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(runtime.to_json())
            unfinished.replace(self.path / RUNTIME_FILE)

    def release(self) -> None:
        """Let go of the directory; to be called once, when its stores have ended."""
        (self.path / RUNTIME_FILE).unlink(missing_ok=True)
        os.close(self.lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _hold(self) -> None:
        began = time.monotonic()
        while not _lock(self.lock):
            holder = _holder(self.lock)
            patience = LIVING_HOLDER_SECONDS if _lives(holder) else DEAD_HOLDER_SECONDS
            if time.monotonic() - began > patience:
                raise DataDirectoryError(
                    f"The data directory {self.path} is in use by another process (pid {holder})."
                    " Stop it, or set another EVENT_DATA_DIR."
                )
            time.sleep(RETRY_SECONDS)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """While something is written to the data directory ``path``.

    Raises DataDirectoryError where that fails: no room, a file system that is read-only.
    """
    try:
        yield
    except OSError as error:
        raise DataDirectoryError(
            f"The data directory {path} can't be used: {error.strerror}. Set EVENT_DATA_DIR."
        ) from error


def holder_of(path: Path) -> int | None:
    """The process that holds the data directory ``path`` right now, 0 if it isn't known; None if
    there is none. Raises DataDirectoryError if this user may not look."""
    try:
        descriptor = os.open(path / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataDirectoryError(
            f"The data directory {path} can't be read: {error.strerror}."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def read_runtime(path: Path) -> Runtime | None:
    """Where the service that holds the data directory ``path`` is reached; None if none does, or
    it isn't serving yet. What a killed service has left behind is not believed.

    Raises DataDirectoryError if this user may not look, or can't read what is there.
    """
    if holder_of(path) is None:
        return None
    try:
        return Runtime.from_json((path / RUNTIME_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DataDirectoryError(
            f"{path / RUNTIME_FILE} can't be read: the service that runs there is of another"
            " version. Use its own commands, or start it again."
        ) from error


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int:
    content = os.pread(descriptor, 32, 0).strip()
    pid = int(content) if content.isdigit() else 0
    return pid if pid <= _MOST_PID else 0


def _lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        pass
    return True

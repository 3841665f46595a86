"""Lines of the log on their way to standard error: a moment later, many in one go.

There is a line for every call. To make the texts of many lines in one go takes half the CPU time of
making them one by one. And a thread that writes lets go of the interpreter's lock, which under load
it gets back only after all the others.
"""

from __future__ import annotations

import atexit
import select
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableMapping
    from typing import BinaryIO

    Line: TypeAlias = MutableMapping[str, Any]

_LATER_SECONDS: Final = 0.05
_MOST_WAITING: Final = 4096
"""Lines. The thread that adds one more writes them all: a slow reader makes callers slow, and no
line is lost."""
_AT_ONCE_BYTES: Final = select.PIPE_BUF
"""As much as a pipe keeps together when several processes write to it."""


class LogWriter:
    """Writes lines in their order, for any thread. What can't be written fails nobody."""

    def __init__(self, stream: BinaryIO, text_of: Callable[[Line], str]) -> None:
        """``text_of`` makes the text of a line, which has no line break at its end."""
        self._stream = stream
        self._text_of = text_of
        self._waiting: deque[Line | str] = deque()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        atexit.register(self.flush)
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def write_soon(self, line: Line) -> None:
        """Have it written within a twentieth of a second. A process that is killed loses it.

        The line is read in another thread, and must not change any more.
        """
        self._waiting.append(line)
        if not self._wake.is_set():
            self._wake.set()
        elif len(self._waiting) > _MOST_WAITING:
            self.flush()

    def write(self, line: Line) -> None:
        """Write it now, after those before it."""
        self._waiting.append(self._text_of(line))
        self.flush()

    def flush(self) -> None:
        """Write all that wait."""
        with self._writing:
            for portion in _portions(self._taken()):
                # A full disk, a reader that has gone; a closed stream.
                with suppress(OSError, ValueError):
                    self._stream.write(portion)
                    self._stream.flush()

    def _taken(self) -> Iterator[bytes]:
        for _ in range(len(self._waiting)):
            line = self._waiting.popleft()
            text = line if isinstance(line, str) else self._text_of(line)
            yield text.encode("utf-8", "backslashreplace") + b"\n"

    def _run(self) -> None:
        while self._wake.wait():
            time.sleep(_LATER_SECONDS)
            self._wake.clear()
            self.flush()


def _portions(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines put together, a longer one alone."""
    portion: list[bytes] = []
    size = 0
    for line in lines:
        if portion and size + len(line) > _AT_ONCE_BYTES:
            yield b"".join(portion)
            portion, size = [], 0
        portion.append(line)
        size += len(line)
    if portion:
        yield b"".join(portion)

"""A process of the bench's own, spoken with over a pipe; it ends when the pipe does."""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

_CONTEXT = multiprocessing.get_context("spawn")  # gRPC must not be forked
_END_SECONDS = 10.0

_Given = ParamSpec("_Given")


@dataclass(frozen=True, slots=True)
class Child:
    """A running child. What it can't do it tells as an exception, which ``ask`` raises here."""

    pid: int
    _pipe: Connection[Any, Any]

    def ask(self, question: object) -> Any:
        """Send something, and wait for the answer. Raises EOFError if the child has ended."""
        self._pipe.send(question)
        return self.hear()

    def hear(self) -> Any:
        """Wait for what the child says next."""
        said = self._pipe.recv()
        if isinstance(said, BaseException):
            raise said
        return said


@contextmanager
def running(
    work: Callable[Concatenate[Connection[Any, Any], _Given], None],
    *arguments: _Given.args,
    **options: _Given.kwargs,
) -> Iterator[Child]:
    """``work(pipe, ...)`` in a process of its own, ended at the end whatever happens."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(
        target=_work, args=(work, theirs, arguments, options), name=work.__name__, daemon=True
    )
    process.start()
    theirs.close()
    try:
        yield Child(cast("int", process.pid), ours)
    finally:
        ours.close()
        process.join(_END_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


def _work(
    work: Callable[..., None],
    pipe: Connection[Any, Any],
    arguments: tuple[Any, ...],
    options: dict[str, Any],
) -> None:
    # Ctrl-C in a terminal goes to the bench alone, which closes the pipes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            work(pipe, *arguments, **options)
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  # the last place of a process
            pipe.send(RuntimeError(f"{work.__name__}: {type(error).__name__}: {error}"))

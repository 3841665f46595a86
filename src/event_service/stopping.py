"""Runs something until a signal says that it is to stop."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

_log = structlog.get_logger(__name__)

_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_FIRST_PROCESS: Final = 1
_END: Final = 0
"""The number of no signal."""


class Stoppable(Protocol):
    """What running a service takes of it."""

    def wait(self) -> None:
        """Return when the service has ended."""

    def stop(self, grace_seconds: float) -> None:
        """Refuse new calls, let running ones end within the time, then end.

        Called again meanwhile, from another thread, a shorter time wins.
        """


def run_until_stopped(
    service: Stoppable,
    grace_seconds: float,
    hurrying: Container[int] = _STOP_SIGNALS,
    *,
    announce: Callable[[], None] = lambda: None,
) -> bool:
    """Wait for a signal and stop the started service; only on the main thread.

    The first signal gives running calls the time to end, a second one of ``hurrying`` none. False
    when the service ended without any. ``announce`` says that it runs: from then on no signal is
    missed. What it raises ends the service at once, and is raised.
    """
    with _happenings() as (heard, told):
        try:
            announce()
        except BaseException:
            service.stop(0)
            raise

        def tell_end() -> None:
            service.wait()
            with suppress(OSError):  # nobody listens any longer
                told.send(bytes([_END]))

        threading.Thread(target=tell_end, name="wait-for-end", daemon=True).start()
        number = _next(heard)
        if number == _END:
            service.stop(0)
            return False
        _log.info("stopping", signal=signal.Signals(number).name)
        stopping = threading.Thread(target=service.stop, args=(grace_seconds,), name="stop")
        stopping.start()
        while (number := _next(heard)) != _END:
            if number not in hurrying:
                continue
            _log.info("stopping at once", signal=signal.Signals(number).name)
            service.stop(0)
        stopping.join()
        return True


def end_by_signals() -> None:
    """Have each signal to stop end this process while it starts, also as a container's first one.

    That one the system spares whatever it has no handler for; only on the main thread.
    """
    if os.getpid() != _FIRST_PROCESS:
        return
    for number in _STOP_SIGNALS:
        # What Python raises at SIGINT is lost where it comes while something is destroyed.
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    os._exit(128 + number)  # at once, as by the signal; what it has started ends with it


@contextmanager
def _happenings() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a socket: in the first one comes the number of each signal.

    A signal may reach any thread, and only what it writes wakes the one that is to know.
    """
    heard, told = socket.socketpair()
    with heard, told:
        told.settimeout(0)
        fd_before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        before = {
            number: signal.signal(number, _heed)
            for number in _STOP_SIGNALS
            # nohup has it ignored, so that we outlive the terminal.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield heard, told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(fd_before)


def _heed(*_: object) -> None:
    """Python writes of those signals alone that have a handler."""


def _next(heard: socket.socket) -> int:
    """Wait for what happens next: the number of a signal to stop, or the end."""
    while (number := heard.recv(1)[0]) not in (_END, *_STOP_SIGNALS):
        pass
    return number

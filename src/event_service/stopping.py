"""Runs something until a signal says that it is to stop."""

from __future__ import annotations

import signal
import threading
from enum import Enum, auto
from queue import SimpleQueue
from typing import Protocol

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stoppable(Protocol):
    """What running a service takes of it."""

    def wait(self) -> None:
        """Return when the service has ended."""

    def stop(self, grace_seconds: float) -> None:
        """Refuse new calls, let running ones end within the time, then end.

        Called again meanwhile, from another thread, a shorter time wins.
        """


class _Happened(Enum):
    SIGNAL = auto()
    END = auto()


def run_until_stopped(service: Stoppable, grace_seconds: float) -> bool:
    """Wait for a signal and stop the started service; only on the main thread.

    The first signal gives running calls the time to end, a second one none. False when the
    service ended without any.
    """
    # A queue, because a signal's handler may interrupt anything and must not wait for it.
    happened: SimpleQueue[_Happened] = SimpleQueue()
    before = {
        number: signal.signal(number, lambda *_: happened.put(_Happened.SIGNAL))
        for number in _STOP_SIGNALS
    }

    def tell_end() -> None:
        service.wait()
        happened.put(_Happened.END)

    threading.Thread(target=tell_end, name="wait-for-end", daemon=True).start()
    try:
        if happened.get() is _Happened.END:
            service.stop(0)
            return False
        stopping = threading.Thread(target=service.stop, args=(grace_seconds,), name="stop")
        stopping.start()
        while happened.get() is _Happened.SIGNAL:
            service.stop(0)
        stopping.join()
        return True
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

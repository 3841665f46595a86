"""Runs a program and never outlives its owner: ``python guard.py CORES PROGRAM ARGUMENT...``.

A process of its own between the service and the store, on nothing but the standard library. Its
standard input is a pipe that only the service holds. When the pipe closes, however the service
ended, the store is killed; that needs no cooperation of a dying process, works on every Unix, and
does not depend on which thread of the service started the store, as a parent-death signal would.
A byte on the pipe asks the store to stop, ``AGAIN`` a store that has been asked.

CORES are those that the program may run on, as ``0,1,2``, or nothing: the owner may have confined
itself to one of them, where its threads wait for one another (``one_core``). It writes ``pid N``
first, then what the program writes; it ends with the program's exit status.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

OWNER, OUTPUT = 0, 1
AGAIN = b"!"
LAST_WORDS_SECONDS = 1.0
PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> int:
    """Run a program until it ends or the owner does; its exit status, as a shell gives it."""
    cores, *program = command
    if cores:
        # None of them may be left to a container by now, or a sandbox forbids it: as it is, then.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    store = subprocess.Popen(  # noqa: S603
        program,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        preexec_fn=_die_with_guard(),  # noqa: PLW1509 - no thread has been started yet
    )
    # From here on the guard ends with the store only: a stop comes over the pipe. The store has
    # been started before, because ignored signals are inherited.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.write(OUTPUT, f"pid {store.pid}\n".encode())
    threading.Thread(target=_follow_owner, args=(store,), daemon=True).start()
    forwarding = threading.Thread(target=_forward_output, args=(store,), daemon=True)
    forwarding.start()
    status = store.wait()
    forwarding.join(LAST_WORDS_SECONDS)  # a child of the store's may hold its output open
    return status if status >= 0 else 128 - status


def _follow_owner(store: subprocess.Popen[bytes]) -> None:
    while word := os.read(OWNER, 1):
        # Another signal the second time: of one kind the system keeps one until it is heeded.
        store.send_signal(signal.SIGINT if word == AGAIN else signal.SIGTERM)
    store.kill()


def _forward_output(store: subprocess.Popen[bytes]) -> None:
    # Not the store's own descriptor: the end of the guard's output is to mean the guard's end.
    with contextlib.suppress(BrokenPipeError):
        while store.stdout is not None and (words := os.read(store.stdout.fileno(), 65536)):
            os.write(OUTPUT, words)


def _die_with_guard() -> Callable[[], None] | None:
    """What ties the store to this process too, where the system can (Linux)."""
    if sys.platform != "linux":
        return None
    guard = os.getpid()
    libc = ctypes.CDLL(None)  # loaded before the fork: nothing may be allocated after it

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(1)

    return tie


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))  # without waiting for the thread that reads the pipe

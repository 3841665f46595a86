"""Processes that are kept running, told to stop."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from event_service.child_processes import guard
from event_service.child_processes.child import Child
from event_service.child_processes.supervisor import Supervisor
from event_service.start_errors import ProcessStartError

# Signals that it doesn't heed at once, as a process that is busy: the system keeps one of each.
PROGRAM = """
import signal
stops = {signal.SIGTERM, signal.SIGINT}
signal.pthread_sigmask(signal.SIG_BLOCK, stops)
print("ready", flush=True)
while signal.sigpending() != stops:
    pass
print("told twice", flush=True)
"""

# One that heeds no signal, as a process that is frozen.
DEAF = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
print("ready", flush=True)
while True:
    signal.pause()
"""

# One that any signal ends.
MORTAL = """
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("ready", flush=True)
signal.pause()
"""


def test_a_busy_process_is_told_twice_at_once(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    heard: list[str] = []
    ready = Event()

    def hear(line: str) -> None:
        heard.append(line)
        ready.set()

    busy = Supervisor(
        "busy one",
        "the log",
        spawn=lambda: Child(
            [sys.executable, "-c", PROGRAM], directory=tmp_path, log=None, lock=lock
        ),
        heard=hear,
        stop_seconds=10,
    )
    try:
        busy.start(ready.is_set)
    finally:
        busy.stop(2)
        os.close(lock)
    assert heard == ["ready", "told twice"]


def test_a_deaf_process_holds_up_nobody_who_hurries(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    ready = Event()
    deaf = Supervisor(
        "deaf one",
        "the log",
        spawn=lambda: Child([sys.executable, "-c", DEAF], directory=tmp_path, log=None, lock=lock),
        heard=lambda _line: ready.set(),
        stop_seconds=3600,
        hurry_seconds=0.1,
    )
    deaf.start(ready.is_set)
    patient = Thread(target=deaf.stop)
    patient.start()
    deaf.stop(2)
    patient.join()
    os.close(lock)
    assert not deaf.running()


def test_a_signal_to_each_process_of_ours_ends_no_guard() -> None:
    command = [sys.executable, guard.__file__, "", sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdout.readline() == b"ready\n"
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process.send_signal(number)
        process.stdin.write(b"." + guard.AGAIN)
        process.stdin.flush()
        assert process.stdout.read() == b"told twice\n"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("word", "number"),
    [(b".", signal.SIGTERM), (guard.AGAIN, signal.SIGINT), (b"", signal.SIGKILL)],
    ids=["asked", "asked again", "owner gone"],
)
def test_a_guard_ends_its_program_and_tells_of_it_as_a_shell_would(
    word: bytes, number: int
) -> None:
    command = [sys.executable, guard.__file__, "", sys.executable, "-c", MORTAL]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(word)
        if word:
            process.stdin.flush()
        else:
            process.stdin.close()
        assert process.wait() == 128 + number


@pytest.mark.skipif(sys.platform != "linux", reason="this is no Linux")
def test_a_program_ends_with_its_guard_although_the_owner_goes_on() -> None:
    command = [sys.executable, guard.__file__, "", sys.executable, "-c", DEAF]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        deaf = psutil.Process(int(process.stdout.readline().split()[1]))
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        _, left = psutil.wait_procs([deaf], 60)
        for one in left:
            one.kill()
    assert left == []


@pytest.mark.parametrize("command", ["/nowhere/program", os.devnull])
def test_a_program_that_is_none_is_told(command: str, tmp_path: Path) -> None:
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    log = tmp_path / "log"
    with pytest.raises(ProcessStartError, match=f"{command} can't be started; {log} says why"):
        Child([command], directory=tmp_path, log=log, lock=lock)
    os.close(lock)
    assert command in log.read_text()

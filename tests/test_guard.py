"""The process between a program and its owner, by itself."""

import signal
import subprocess
import sys

import psutil
import pytest

from event_service.child_processes import guard
from tests.child_programs import BUSY, DEAF, MORTAL


def test_a_signal_to_each_process_of_ours_ends_no_guard() -> None:
    command = [sys.executable, guard.__file__, "", sys.executable, "-c", BUSY]
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

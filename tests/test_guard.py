"""The process between a program and its owner, by itself."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

import psutil
import pytest

from event_service.child_processes import guard
from tests.child_programs import BUSY, DEAF, MORTAL


class _Guarded(NamedTuple):
    """A guard, what its owner tells it, and what its program, of that id, says."""

    process: subprocess.Popen[bytes]
    words: IO[bytes]
    lines: IO[bytes]
    program: int


@contextmanager
def _guarded(program: str) -> Iterator[_Guarded]:
    """A program that is ready, until it and its guard have ended."""
    command = [sys.executable, guard.__file__, "", sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        number = int(process.stdout.readline().split()[1])
        assert process.stdout.readline() == b"ready\n"
        yield _Guarded(process, process.stdin, process.stdout, number)


def test_a_signal_to_each_process_of_ours_ends_no_guard() -> None:
    with _guarded(BUSY) as busy:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            busy.process.send_signal(number)
        busy.words.write(b"." + guard.AGAIN)
        busy.words.flush()
        assert busy.lines.read() == b"told twice\n"
    assert busy.process.returncode == 0


@pytest.mark.parametrize(
    ("word", "number"),
    [(b".", signal.SIGTERM), (guard.AGAIN, signal.SIGINT), (b"", signal.SIGKILL)],
    ids=["asked", "asked again", "owner gone"],
)
def test_a_guard_ends_its_program_and_tells_of_it_as_a_shell_would(
    word: bytes, number: int
) -> None:
    with _guarded(MORTAL) as mortal:
        mortal.words.write(word)
        if word:
            mortal.words.flush()
        else:
            mortal.words.close()
        assert mortal.process.wait() == 128 + number


@pytest.mark.skipif(sys.platform != "linux", reason="this is no Linux")
def test_a_program_ends_with_its_guard_although_the_owner_goes_on() -> None:
    with _guarded(DEAF) as deaf:
        program = psutil.Process(deaf.program)
        deaf.process.kill()
        _, left = psutil.wait_procs([program], 60)
        for one in left:
            one.kill()
    assert left == []

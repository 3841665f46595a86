"""CPU of processes, measured from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from bench.usage import cpu_seconds

WORK = """\
import sys, threading, time
def work():
    while time.thread_time() < 0.2:
        pass
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(time.process_time(), flush=True)
sys.stdin.read()
"""


def test_all_threads_of_a_process_count_also_those_that_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        own_count = float(process.stdout.readline())
        # The system counts in ticks, of user and system time each, and gives a thread that runs
        # its part late.
        assert cpu_seconds([psutil.Process(process.pid)]) == pytest.approx(own_count, abs=0.1)
        process.communicate("")
    assert own_count > 0.2


def test_a_process_that_has_ended_counts_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        seen = psutil.Process(process.pid)
    assert cpu_seconds([seen]) == 0


def test_several_processes_are_added_up() -> None:
    ours = psutil.Process(os.getpid())
    # Other threads of the tests, or the collector, may work meanwhile.
    before = time.process_time()
    counted = cpu_seconds([ours, ours])
    assert 2 * before - 0.1 <= counted <= 2 * time.process_time() + 0.1

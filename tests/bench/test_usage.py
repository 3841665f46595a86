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
        assert cpu_seconds([psutil.Process(process.pid)]) == pytest.approx(own_count, abs=0.02)
        process.communicate("")
    assert own_count > 0.2


def test_a_process_that_has_ended_counts_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        seen = psutil.Process(process.pid)
    assert cpu_seconds([seen]) == 0


def test_several_processes_are_added_up() -> None:
    ours = psutil.Process(os.getpid())
    assert cpu_seconds([ours, ours]) == pytest.approx(2 * time.process_time(), abs=0.05)

"""Processes that are kept running, and told to stop."""

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as enumerate_threads

import psutil
import pytest

from event_service.child_processes import supervisor
from event_service.child_processes.child import Child
from event_service.child_processes.supervisor import Supervisor
from event_service.start_errors import ProcessStartError
from tests.child_programs import BUSY, DEAF, MORTAL


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def test_a_busy_process_is_told_twice_at_once(tmp_path: Path, lock: int) -> None:
    heard: list[str] = []
    ready = Event()

    def hear(line: str) -> None:
        heard.append(line)
        ready.set()

    busy = Supervisor(
        "busy one",
        "the log",
        spawn=lambda: Child([sys.executable, "-c", BUSY], directory=tmp_path, log=None, lock=lock),
        heard=hear,
        stop_seconds=60,
    )
    try:
        busy.start(ready.is_set)
    finally:
        busy.stop(2)
    assert heard == ["ready", "told twice"]


def test_a_deaf_process_holds_up_nobody_who_hurries(tmp_path: Path, lock: int) -> None:
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
    assert not deaf.running()


def test_a_deaf_process_is_killed_when_its_time_is_over(lock: int) -> None:
    ready = Event()
    deaf = Supervisor(
        "deaf one",
        "the log",
        spawn=lambda: Child([sys.executable, "-c", DEAF], directory=None, log=None, lock=lock),
        heard=lambda _line: ready.set(),
        stop_seconds=0.1,
        hurry_seconds=3600,
    )
    deaf.start(ready.is_set)
    deaf.stop()
    assert "deaf one keeper" not in {thread.name for thread in enumerate_threads()}


def test_one_that_is_not_broken_is_left_alone(lock: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.05)
    looks: list[bool] = []
    looked = Event()

    def broken() -> bool:
        looks.append(kept.running())
        if len(looks) == 3:
            looked.set()
        return False

    kept = Supervisor(
        "kept one",
        "the log",
        spawn=lambda: Child([sys.executable, "-c", MORTAL], directory=None, log=None, lock=lock),
        heard=lambda _line: None,
        broken=broken,
    )
    kept.start(lambda: True)
    first = kept.pid
    assert looked.wait(60)
    assert kept.pid == first
    kept.stop()
    assert looks[:3] == [True] * 3


def test_one_that_is_never_ready_is_given_up(lock: int) -> None:
    idle = Supervisor(
        "idle one",
        "the log",
        spawn=lambda: Child([sys.executable, "-c", MORTAL], directory=None, log=None, lock=lock),
        heard=lambda _line: None,
        start_seconds=0,
    )
    with pytest.raises(ProcessStartError, match="The idle one does not start; the log says why"):
        idle.start(lambda: False)
    assert idle.pid is not None
    assert not psutil.pid_exists(idle.pid)


def test_one_has_as_long_to_start_as_it_is_given(
    lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "START_SECONDS", 0)
    ready = Event()
    late = Supervisor(
        "late one",
        "the log",
        spawn=lambda: Child([sys.executable, "-c", MORTAL], directory=None, log=None, lock=lock),
        heard=lambda _line: ready.set(),
        start_seconds=math.inf,
    )
    late.start(ready.is_set)
    assert late.running()
    late.stop()


def test_one_that_ends_before_it_is_ready_is_tried_again_before_it_is_given_up(lock: int) -> None:
    spawned: list[int] = []
    ended: list[int] = []

    def spawn() -> Child:
        child = Child(["true"], directory=None, log=None, lock=lock)
        spawned.append(child.pid)
        return child

    short = Supervisor(
        "short one",
        "the log",
        spawn=spawn,
        heard=lambda _line: None,
        ended=ended.append,
        start_seconds=math.inf,
    )
    with pytest.raises(ProcessStartError, match="The short one does not start; the log says why"):
        short.start(lambda: False)
    assert len(spawned) >= supervisor.ATTEMPTS
    # The last one may have ended after it was told to.
    assert ended in (spawned, spawned[:-1])


def test_one_that_cannot_be_started_again_is_tried_again(
    lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_SECONDS", 0.05)
    spawned: list[Child] = []
    refused, again = Event(), Event()

    def spawn() -> Child:
        if spawned and not refused.is_set():
            refused.set()
            raise ProcessStartError("the disk is full")
        spawned.append(Child([sys.executable, "-c", MORTAL], directory=None, log=None, lock=lock))
        if len(spawned) == 2:
            again.set()
        return spawned[-1]

    kept = Supervisor("kept one", "the log", spawn=spawn, heard=lambda _line: None)
    kept.start(lambda: True)
    spawned[0].kill()
    assert again.wait(60)
    kept.stop()
    assert refused.is_set()
    assert not psutil.pid_exists(spawned[1].pid)


@pytest.mark.parametrize("command", ["/nowhere/program", os.devnull])
def test_a_program_that_is_none_is_told(command: str, tmp_path: Path, lock: int) -> None:
    log = tmp_path / "log"
    with pytest.raises(ProcessStartError, match=f"{command} can't be started; {log} says why"):
        Child([command], directory=tmp_path, log=log, lock=lock)
    assert command in log.read_text()


@pytest.mark.parametrize("given", [None, {"STRANGE": "yes"}])
def test_a_program_has_the_variables_it_is_given_and_no_others(
    given: dict[str, str] | None, lock: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRANGE", "no")
    tell = "import os; print(os.environ.get('STRANGE'), 'PATH' in os.environ, os.getcwd())"
    command = [sys.executable, "-c", tell]
    child = Child(command, directory=tmp_path, log=None, lock=lock, environment=given)
    told = list(child.lines())
    child.finish()
    assert told == [f"yes False {tmp_path}" if given else f"None True {tmp_path}"]

"""A process on one core, and what it starts on all of them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from event_service.child_processes import guard
from event_service.one_core import Keeper, better_core
from tests.eventually import eventually
from tests.service.process import serving

if TYPE_CHECKING:
    from pathlib import Path

CORES = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []


@pytest.mark.parametrize(
    ("busy", "own", "better"),
    [
        ({0: 0.9, 1: 0.1}, 0.9, 0),  # the process itself is what keeps its core busy
        ({0: 1.0, 1: 0.1}, 0.5, 1),  # others take half of its core
        ({0: 1.0, 1: 0.4}, 0.5, 0),  # hardly better: not worth a move
        ({0: 1.0, 1: 0.6, 2: 0.1}, 0.3, 2),
        ({0: 1.0}, 0.1, 0),
    ],
)
def test_it_moves_where_there_is_clearly_more(
    busy: dict[int, float], own: float, better: int
) -> None:
    assert better_core(0, busy, own) == better


def _policies(process: psutil.Process) -> set[int]:
    """How the system lets its threads take turns."""
    found = set()
    for thread in process.threads():
        try:
            found.add(os.sched_getscheduler(thread.id))
        except ProcessLookupError:
            continue
    return found


def _cores(process: psutil.Process) -> set[tuple[int, ...]]:
    """On which cores each of its threads may run."""
    found = set()
    for thread in process.threads():
        try:
            found.add(tuple(sorted(os.sched_getaffinity(thread.id))))
        except ProcessLookupError:
            continue
    return found


def _keeps_to_one(process: psutil.Process) -> bool:
    on_one = _cores(process) <= {(core,) for core in CORES}
    return on_one and _policies(process) == {os.SCHED_BATCH}


SEVERAL = pytest.mark.skipif(len(CORES) < 2, reason="there is one core alone, or this is no Linux")
NOWHERE = 4000
"""The number of a core that there is not, as of one that was taken away."""


def run(*program: str) -> str:
    """What it prints: in a process of its own, which may be put on any core."""
    return subprocess.run(program, check=True, capture_output=True, text=True, timeout=60).stdout


@SEVERAL
def test_it_goes_on_when_its_core_is_taken_away() -> None:
    assert run(
        sys.executable,
        "-c",
        f"""
import errno
import os
from event_service.one_core import Keeper
cores = os.sched_getaffinity(0)
keeper = Keeper([*cores, {NOWHERE}], {NOWHERE})
for _ in range(2):
    keeper.look()
    assert len(os.sched_getaffinity(0)) == 1
none_left = Keeper([{NOWHERE}], {NOWHERE})
none_left.look()
assert os.sched_getaffinity(0) < cores
print("went on")
""",
    ).endswith("went on\n")


@SEVERAL
def test_it_lets_its_threads_go_where_it_can_not_go_on() -> None:
    assert run(
        sys.executable,
        "-c",
        """
import errno
import os
from pathlib import Path
from event_service import one_core
cores = os.sched_getaffinity(0)
keeper = one_core.Keeper(cores, min(cores))
keeper.look()
assert os.sched_getaffinity(0) == {min(cores)}
one_core._STATISTICS = Path("/nowhere")
keeper.run()
assert os.sched_getaffinity(0) == cores
assert os.sched_getscheduler(0) == os.SCHED_OTHER
print("let go")
""",
    ).endswith("let go\n")


@pytest.mark.skipif(not CORES, reason="this is no Linux")
def test_a_program_starts_although_none_of_its_cores_is_left() -> None:
    command = (sys.executable, "-I", "-S", guard.__file__, str(NOWHERE), "/bin/echo", "started")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read().endswith(b"started\n")
    assert process.returncode == 0


@SEVERAL
def test_a_service_keeps_to_one_and_its_stores_do_not(tmp_path: Path) -> None:
    with serving(tmp_path / "data", EVENT_PROCESSES="2") as process:
        family = psutil.Process(process.runtime()["pid"]).children(recursive=True)
        workers = process.workers()
        eventually(lambda: all(_keeps_to_one(one) for one in workers))
        assert len(workers) == 2
        stores = [one for one in family if one.name().startswith(("redis", "secantus"))]
        assert len(stores) == 2
        assert {cores for one in stores for cores in _cores(one)} == {tuple(CORES)}
        assert {policy for one in stores for policy in _policies(one)} == {os.SCHED_OTHER}


@pytest.mark.skipif(not CORES, reason="this is no Linux")
def test_it_ends_where_a_sandbox_forbids_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: int, __: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    Keeper(CORES, 0).run()

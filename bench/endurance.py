"""Memory over a million creates: whether it grows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.cases import CASES
from bench.load import Run
from bench.usage import memory_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.measuring import Bench, Stage

MILLION = 1_000_000
_READINGS = 10
_CLIENTS = 64
_LONGEST_SECONDS = 7_200.0


@dataclass(frozen=True, slots=True)
class Reading:
    """MiB of the largest serving process after so many creates and seconds."""

    creates: int
    seconds: float
    mebibytes: float


def endure(bench: Bench, stage: Stage, creates: int, tell: Callable[[str], None]) -> list[Reading]:
    """Make so many creates of new keys, and read the memory at the start and after each tenth.

    Ends early, with the readings until then, after two hours.
    """
    case = next(each for each in CASES if each.name == "create_new")
    target = case.target(stage.scene, stage.service.runtime.grpc)
    requests = case.requests(stage.scene)
    began = time.perf_counter()
    readings = [Reading(0, 0.0, memory_of(stage.service))]
    while (done := readings[-1].creates) < creates:
        left = _LONGEST_SECONDS - (time.perf_counter() - began)
        if left <= 0:
            break
        part = min(creates - done, max(1, creates // _READINGS))
        load = bench.load(Run(target, requests, _CLIENTS, left, part))
        done += len(load.latencies)
        seconds = time.perf_counter() - began
        readings.append(Reading(done, seconds, memory_of(stage.service)))
        tell(f"{done:,} creates in {seconds:.0f} s: {readings[-1].mebibytes:.0f} MiB")
    return readings


def growth(readings: Sequence[Reading]) -> float | None:
    """How many times its size of after the first tenth, when caches are full, it has at the end.

    None when there are not enough readings to tell.
    """
    if len(readings) < 3:  # noqa: PLR2004  # the start, the first tenth, one more
        return None
    return readings[-1].mebibytes / readings[1].mebibytes

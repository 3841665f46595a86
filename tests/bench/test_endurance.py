"""Memory over creates, against a real service."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bench.cases import Scene
from bench.endurance import endure
from bench.measuring import opened_bench, opened_stage
from bench.seeding import CALLER, Stored
from bench.service import serving

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = Stored(0, 1, all_callers=False)


def test_memory_is_read_after_each_tenth(tmp_path: Path) -> None:
    told: list[str] = []
    with serving(tmp_path / "data") as service, opened_bench(seconds=1.0, rounds=1) as bench:
        scene = Scene(*service.webhook(CALLER), service.token(CALLER), NOTHING)
        with opened_stage(service, scene, processes=1) as stage:
            readings = endure(bench, stage, 1_000, told.append)
    creates = [one.creates for one in readings]
    assert creates[0] == 0
    assert creates[-1] >= 1_000
    # 64 clients are under way when the last of a tenth is answered.
    assert all(100 <= later - one <= 164 for one, later in pairwise(creates[:-1]))
    assert all(10 < one.mebibytes < 1_000 for one in readings)
    assert len(told) == len(readings) - 1

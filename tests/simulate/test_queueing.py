"""Where queueing theory knows the answer, the simulation finds it. All times are simulated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulate.run import run
from simulate.scenario import Mix
from tests.simulate.small import FREE, SMALL

_ONE = replace(SMALL, processes=1, shards=1, redis_masters=1, warm_up=1.0, flush_seconds=1e9)


@pytest.mark.parametrize("utilisation", [0.3, 0.8])
def test_the_cpu_of_a_process_is_an_m_d_1_queue(utilisation: float) -> None:
    service = 0.4
    rate = utilisation / service * 1_000
    found = run(
        replace(
            _ONE,
            rate=rate,
            seconds=40_000 / rate,
            mix=Mix(repeats=1.0, recoveries=0.0, changes=0.0),
            costs=replace(FREE, call_cpu=service * 1_000),
            queue=10_000,
        )
    )
    expected = service + utilisation * service / (2 * (1 - utilisation))
    assert found.mean == pytest.approx(expected, rel=0.05)


def test_group_commit_takes_what_came_during_the_last_one() -> None:
    commit, rate = 20.0, 2_000.0
    found = run(
        replace(
            _ONE,
            rate=rate,
            seconds=10.0,
            mix=Mix(repeats=0.0, recoveries=0.0, changes=0.0),
            costs=replace(FREE, commit=commit * 1_000, commit_sigma=0.0),
        )
    )
    # A batch waits for two commits, of its alerts and of its events. Who comes meanwhile waits for
    # half of that in the mean, and then for its own.
    cycle = 2 * commit
    assert found.batch_mean == pytest.approx(rate * cycle / 1_000, rel=0.03)
    assert found.mean == pytest.approx(1.5 * cycle, rel=0.03)
    # Redis twice and the database twice for a batch.
    assert found.trips_per_call == pytest.approx(4 / found.batch_mean, rel=0.02)


def test_a_shard_is_busy_for_as_long_as_its_documents_take() -> None:
    found = run(
        replace(
            _ONE,
            rate=1_000.0,
            seconds=10.0,
            mix=Mix(repeats=0.0, recoveries=0.0, changes=0.0),
            costs=replace(FREE, shard_write=200.0),
        )
    )
    assert found.arrived == pytest.approx(10_000, rel=0.05)
    assert found.busiest_shard * 10.0 == pytest.approx(found.answered * 2 * 200e-6, rel=0.001)

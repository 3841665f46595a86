"""A run is the same for the same seed, and no call gets lost in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulate.costs import Costs
from simulate.run import run
from simulate.scenario import Scenario, Span
from simulate.scenarios import scenarios
from tests.simulate.small import SMALL

_HURRIED = replace(SMALL, name="store too slow", shard_down=Span(0.1, 0.9), store_timeout=0.3)
_FULL = replace(SMALL, name="too much", costs=Costs(call_cpu=4_000), queue=20)
_SCENARIOS = (*scenarios(SMALL), _HURRIED, replace(_HURRIED, patience=0.05, writers=3), _FULL)


def test_the_same_seed_gives_the_same_run() -> None:
    assert run(SMALL) == run(SMALL)
    assert run(replace(SMALL, seed=2)) != run(SMALL)


@pytest.mark.parametrize("scenario", _SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_call_is_accounted_for(scenario: Scenario) -> None:
    result = run(scenario)
    assert result.arrived > 0
    assert result.arrived == sum((result.answered, result.refused, result.failed, result.in_flight))
    assert result.in_flight <= scenario.processes * scenario.queue


def test_a_queue_that_is_full_refuses() -> None:
    result = run(_FULL)
    assert result.refused > 0
    # 4 ms of CPU for a call let each process answer 250 a second, and a queue of 20 is 80 ms long.
    assert result.throughput == pytest.approx(4 * 250, rel=0.02)
    assert result.p99 <= 21 * 4 + 30


def test_a_store_that_takes_too_long_fails_the_batch() -> None:
    assert run(SMALL).failed == 0
    assert run(_HURRIED).failed > 0


def test_patience_answers_those_of_the_other_shards() -> None:
    impatient = run(replace(_HURRIED, patience=0.05))
    assert impatient.answered > run(_HURRIED).answered
    assert impatient.failed > 0


def test_a_storm_brings_more_of_one_domain() -> None:
    assert run(SMALL).arrived == pytest.approx(2_000, rel=0.05)
    stormy = replace(SMALL, storm=Span(0.0, 1.0), storm_factor=11.0)
    # The fifth of 50 domains sends a fifth of what the first does, and now ten times that more.
    share = (1 / 5) / sum(1 / rank for rank in range(1, 51))
    assert run(stormy).arrived == pytest.approx(2_000 * (1 + 10 * share), rel=0.05)


def test_without_redis_the_database_is_asked_for_every_call() -> None:
    with_redis, without = run(SMALL), run(replace(SMALL, redis_down=Span(0.0, 1.0)))
    assert without.busiest_redis == 0
    assert without.busiest_shard > with_redis.busiest_shard
    assert without.counts_written == 0

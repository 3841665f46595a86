"""Plays one scenario."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from simulate.arrivals import Traffic
from simulate.measures import Measures, Result
from simulate.placement import Placement
from simulate.stores import RedisMasters, Shards
from simulate.timeline import Timeline
from simulate.worker import Worker

if TYPE_CHECKING:
    from simulate.scenario import Scenario


def run(scenario: Scenario) -> Result:
    """What comes of the scenario: the same for the same scenario, seed included.

    It stops at its end, with calls still in flight.
    """
    measures = Measures(scenario)
    placement = Placement(scenario)
    traffic = Traffic(scenario)
    shards = Shards(scenario, Random(f"{scenario.seed}/commits"))  # noqa: S311 - no secret
    redis = RedisMasters(scenario)
    timeline = Timeline()
    workers = []
    for number in range(scenario.processes):
        random = Random(f"{scenario.seed}/{number}")  # noqa: S311 - no secret
        calls = traffic.to_one_process(random)
        worker = Worker(number, scenario, calls, shards, redis, placement, measures, timeline)
        workers.append(worker)
        for _ in range(scenario.writers):
            timeline.start(worker.writer())
        timeline.start(worker.flusher())
    timeline.run(until=scenario.seconds)
    return measures.result(
        in_flight=sum(worker.in_flight(scenario.seconds) for worker in workers),
        shards=[queue.busy for queue in shards.queues],
        redis=[queue.busy for queue in redis.queues],
    )

"""Scenarios that are played through in a moment."""

from __future__ import annotations

from simulate.costs import Costs
from simulate.scenario import Scenario

FREE = Costs(
    call_cpu=0,
    redis_script=0,
    redis_trip=0,
    database_trip=0,
    shard_part=0,
    shard_write=0,
    shard_update=0,
    shard_read=0,
    commit=0,
)
"""Nothing takes any time: what a test is about is set to something else."""

SMALL = Scenario(
    "small",
    rate=2_000,
    seconds=1.0,
    warm_up=0.2,
    processes=4,
    shards=3,
    redis_masters=2,
    domains=50,
    keys=40,
    storm_domain=5,
)

"""What a step costs: the numbers that a simulation takes from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs, in microseconds of the one that does the work unless the name says otherwise.

    A file of costs is a JSON object of these names; what it leaves out keeps its default. Where
    the defaults come from stands in docs/scaling.md, "What the numbers rest on".
    """

    call_cpu: float = 400.0
    """CPU of a service process for one create of 1 KiB, from socket to answer."""
    kib_cpu: float = 20.0
    """CPU of a service process for each KiB more of a body."""
    redis_script: float = 10.0
    """Time of one Redis master for one run of the decision script."""
    redis_trip: float = 300.0
    """Network there and back to Redis."""
    database_trip: float = 500.0
    """Network there and back to a shard, through mongos."""
    shard_part: float = 10.0
    """Time that a shard is busy with one command, beside what is in it."""
    shard_write: float = 40.0
    """Time that a shard is busy with one document written, its indexes included."""
    shard_update: float = 20.0
    """Time that a shard is busy with one document updated in fields that no index has."""
    shard_read: float = 20.0
    """Time that a shard is busy with one look-up by an index."""
    commit: float = 4_000.0
    """Median wait for journal and majority; it overlaps with that of other commands."""
    commit_sigma: float = 0.5
    """Spread of that wait: the standard deviation of its logarithm, no time."""


def read_costs(path: Path) -> Costs:
    """The costs of a file. Raises ValueError naming what it doesn't know or is no number."""
    given = json.loads(path.read_text())
    if not isinstance(given, dict):
        raise ValueError("a file of costs is a JSON object")  # noqa: TRY004 - it is the file's
    known = {field.name for field in fields(Costs)}
    for name, cost in given.items():
        if name not in known:
            raise ValueError(f"no cost is called {name}")
        if isinstance(cost, bool) or not isinstance(cost, int | float) or cost < 0:
            raise ValueError(f"{name} is no number from 0")
    return replace(Costs(), **given)

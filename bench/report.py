"""Everything that a run found, as one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.results import Measurement, Sample, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.machine import Machine
    from bench.run import Findings
    from bench.targets import Verdict

_DERIVED = (
    "per_second",
    "per_cpu_second",
    "cpu_per_call",
    "mongodb_per_call",
    "redis_per_call",
    "round_trips_per_call",
)


def as_json(
    machine: Machine,
    seconds: float,
    found: Findings,
    verdicts: Sequence[Verdict],
) -> str:
    """The text of the file; ``seconds`` is the time of one run."""
    content = {
        "machine": asdict(machine),
        "seconds_per_run": seconds,
        "measurements": [_measurement(each) for each in found.measurements],
        "memory_over_creates": [asdict(each) for each in found.readings],
        "notes": found.notes,
        "targets": [asdict(verdict) for verdict in verdicts],
    }
    return json.dumps(content, indent=2) + "\n"


def _measurement(one: Measurement) -> dict[str, Any]:
    sides = {
        "service": one.service,
        "floor": one.floor,
        "aio_floor": one.aio_floor,
        "inserts": one.inserts,
    }
    return {
        "case": one.case,
        "clients": one.clients,
        "stored": asdict(one.stored),
        "processes": one.processes,
        "memory_mebibytes": asdict(one.memory),
        "ratio": _ratio(one, lambda sample: sample.per_second),
        "ratio_per_core": _ratio(one, lambda sample: sample.per_cpu_second),
        **{name: [_sample(sample) for sample in samples] for name, samples in sides.items()},
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return asdict(sample) | {name: getattr(sample, name) for name in _DERIVED}


def _ratio(one: Measurement, figure: Callable[[Sample], float]) -> dict[str, float] | None:
    spread = ratio(one.service, one.floor, figure)
    return None if spread is None else asdict(spread)

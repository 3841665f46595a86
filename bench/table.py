"""The table that a run prints: a block for each setting, a row for each case and client count."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from rich.table import Table

from bench.results import Measurement, Sample, Spread, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.seeding import Stored
    from bench.targets import Verdict

NOT_COUNTED = "n/a"

_COLUMNS = (
    ("case", "left"),
    ("cl.", "right"),
    ("calls/s", "right"),
    ("floor/s", "right"),
    ("ratio", "right"),
    ("ratio per core", "right"),
    ("CPU", "right"),
    ("floor", "right"),
    ("mongo", "right"),
    ("redis", "right"),
    ("trips", "right"),
    ("p50", "right"),
    ("p99", "right"),
)


def tables(measurements: Sequence[Measurement]) -> Iterator[Table]:
    """A table for each setting, in the order measured."""
    settings = dict.fromkeys((each.stored, each.processes) for each in measurements)
    for stored, processes in settings:
        table = Table(
            title=_title(stored, processes),
            title_justify="left",
            pad_edge=False,
            box=SIMPLE,
            padding=(0, 1, 0, 0),
        )
        for name, justify in _COLUMNS:
            table.add_column(name, justify="left" if justify == "left" else "right", no_wrap=True)
        for each in measurements:
            if (each.stored, each.processes) == (stored, processes):
                for row in _rows(each):
                    table.add_row(*row)
        yield table


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """The targets, and whether they are reached."""
    table = Table(
        title="Targets", title_justify="left", pad_edge=False, box=None, padding=(0, 2, 0, 0)
    )
    for name in ("target", "", "measured"):
        table.add_column(name)
    for verdict in verdicts:
        reached = {True: "reached", False: "NOT reached", None: "not measured"}[verdict.reached]
        table.add_row(verdict.target, reached, verdict.measured)
    return table


LEGEND = (
    "ratio: the service's calls per second as a part of the floor's, median (lowest..highest) of"
    " the rounds; per core: of the calls per CPU second of the serving processes.\n"
    "CPU, floor, mongo, redis: microseconds of CPU for a call, of the service, of the floor, of the"
    " embedded stores. trips: round trips to both stores for a call. p50..p99: milliseconds.\n"
    "The floor is a bare gRPC servicer (for http_ a bare ASGI application) with the same messages;"
    " aio: one on an event loop; insert_many: as many documents at once as there are clients."
)


def _title(stored: Stored, processes: int) -> str:
    share = "all" if stored.all_callers else "a tenth of them"
    counted = "1 process" if processes == 1 else f"{processes} processes"
    return f"{stored.events:,} stored, {share} the caller's; {stored.kibibytes} KiB; {counted}"


def _rows(one: Measurement) -> Iterator[tuple[str, ...]]:
    trips = one.round_trips_per_call()
    faults = one.faults()
    yield (
        f"{one.case} [red]{faults} failed[/red]" if faults else one.case,
        str(one.clients),
        _number(_median(one.service, "per_second")),
        _number(_median(one.floor, "per_second")),
        _spread(ratio(one.service, one.floor, lambda sample: sample.per_second)),
        _spread(ratio(one.service, one.floor, lambda sample: sample.per_cpu_second)),
        _number(_median(one.service, "cpu_per_call")),
        _number(_median(one.floor, "cpu_per_call")),
        _number(_median(one.service, "mongodb_per_call")),
        _number(_median(one.service, "redis_per_call")),
        NOT_COUNTED if trips is None else f"{trips:.2f}",
        *(f"{_median(one.service, name):.1f}" for name in ("p50", "p99")),
    )
    for name, floor in (("  aio", one.aio_floor), ("  insert_many", one.inserts)):
        if floor:
            yield (
                f"[dim]{name}[/dim]",
                "",
                "",
                _number(_median(floor, "per_second")),
                _spread(ratio(one.service, floor, lambda sample: sample.per_second)),
                _spread(ratio(one.service, floor, lambda sample: sample.per_cpu_second)),
                "",
                _number(_median(floor, "cpu_per_call")),
                _number(_median(floor, "mongodb_per_call")) if floor is one.inserts else "",
                *[""] * 4,
            )


def _median(samples: Sequence[Sample], figure: str) -> float:
    return float(statistics.median(getattr(sample, figure) for sample in samples))


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"{spread.median:.2f} ({spread.lowest:.2f}..{spread.highest:.2f})"

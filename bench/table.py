"""The table that a run prints: a block for each setting, a row for each case and client count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from bench.results import Measurement, Sample, Spread, middle, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.endurance import Reading
    from bench.seeding import Stored
    from bench.targets import Verdict

NOT_COUNTED = "n/a"

_COLUMNS = (
    "case",
    "cl.",
    "calls/s",
    "floor/s",
    "ratio",
    "ratio per core",
    "CPU",
    "floor",
    "mongo",
    "redis",
    "trips",
    "p50",
    "p99",
)
_SMALL = 10.0
"""From here on a figure is shown without a fraction."""
_LARGE = 1_000_000.0
"""From here on it is shown in millions."""
_REACHED = {True: "reached", False: "NOT reached", None: "not measured"}

LEGEND = (
    "ratio: the service's calls per second as a part of the floor's, median (lowest-highest) of"
    " the rounds; per core: of the calls per CPU second of the serving processes.\n"
    "CPU, floor, mongo, redis: microseconds of CPU for a call, of the service, of the floor, of the"
    " embedded stores. trips: round trips to both stores for a call. p50, p99: milliseconds.\n"
    "The floor is a bare gRPC servicer (for http_ a bare ASGI application) with the same messages;"
    " aio: one on an event loop; insert_many: as many documents at once as there are clients."
)


def tables(measurements: Sequence[Measurement]) -> Iterator[Table]:
    """A table for each setting, in the order measured."""
    settings = dict.fromkeys((each.stored, each.processes) for each in measurements)
    for stored, processes in settings:
        table = _table(_title(stored, processes))
        for name in _COLUMNS:
            table.add_column(name, justify="left" if name == "case" else "right", no_wrap=True)
        for each in measurements:
            if (each.stored, each.processes) == (stored, processes):
                for row in _rows(each):
                    table.add_row(*row)
        yield table


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """The targets, and whether they are reached."""
    table = _table("Targets")
    for name in ("target", "", "measured"):
        table.add_column(name)
    for verdict in verdicts:
        table.add_row(verdict.target, _REACHED[verdict.reached], verdict.measured)
    return table


def reading_table(readings: Sequence[Reading]) -> Table:
    """The memory of the service over many creates."""
    table = _table("Memory")
    for name in ("creates", "seconds", "MiB"):
        table.add_column(name, justify="right")
    for each in readings:
        table.add_row(f"{each.creates:,}", _number(each.seconds), f"{each.mebibytes:.1f}")
    return table


def _table(title: str) -> Table:
    return Table(
        title=f"\n{title}", title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0)
    )


def _title(stored: Stored, processes: int) -> str:
    share = "all" if stored.all_callers else "a tenth"
    counted = "1 process" if processes == 1 else f"{processes} processes"
    return (
        f"{stored.events:,} stored, {share} of them the caller's; {stored.kibibytes} KiB; {counted}"
    )


def _rows(one: Measurement) -> Iterator[tuple[str, ...]]:
    trips = one.round_trips_per_call()
    yield (
        one.case,
        str(one.clients),
        _number(middle(one.service, "per_second")),
        _number(middle(one.floor, "per_second")),
        _spread(ratio(one.service, one.floor, lambda sample: sample.per_second)),
        _spread(ratio(one.service, one.floor, lambda sample: sample.per_cpu_second)),
        _number(middle(one.service, "cpu_per_call")),
        _number(middle(one.floor, "cpu_per_call")),
        _number(middle(one.service, "mongodb_per_call")),
        _number(middle(one.service, "redis_per_call")),
        NOT_COUNTED if trips is None else f"{trips:.2f}",
        _number(middle(one.service, "p50")),
        _number(middle(one.service, "p99")),
    )
    if one.aio_floor:
        yield _beside("aio", one.service, one.aio_floor)
    if one.inserts:
        mongodb = _number(middle(one.inserts, "mongodb_per_call"))
        yield (*_beside("insert_many", one.service, one.inserts), mongodb)
    if faults := one.faults():
        said = ", ".join(sorted({status for each in one.service for status in each.faults}))
        yield (f"[red]  {faults} failed[/red]", "", "", "", f"[red]{said}[/red]")


def _beside(name: str, ours: Sequence[Sample], floor: Sequence[Sample]) -> tuple[str, ...]:
    return (
        f"[dim]  {name}[/dim]",
        "",
        "",
        _number(middle(floor, "per_second")),
        _spread(ratio(ours, floor, lambda sample: sample.per_second)),
        _spread(ratio(ours, floor, lambda sample: sample.per_cpu_second)),
        "",
        _number(middle(floor, "cpu_per_call")),
    )


def _number(value: float) -> str:
    if value >= _LARGE:
        return f"{value / _LARGE:.1f}M"
    return f"{value:,.0f}" if value >= _SMALL or not value else f"{value:.1f}"


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"{spread.median:.2f} ({spread.lowest:.2f}-{spread.highest:.2f})"

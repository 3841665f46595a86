"""The table that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chaos.result import Result

COLUMNS = (
    "rounds",
    "refused",
    "acknowledged",
    "found",
    "missing",
    "duplicated",
    "repeats recorded",
    "two open alerts",
    "alerts per key",
    "recover p50",
    "recover max",
)
MOST_SHOWN = 5


def as_table(results: Iterable[Result]) -> Table:
    """A row per fault."""
    table = Table("fault", title="chaos")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for result in results:
        table.add_row(result.fault, *_row(result))
    return table


def in_words(result: Result) -> Iterator[str]:
    """What the table has no room for: what is wrong, and what could not be tried."""
    if result.impossible is not None:
        yield f"{result.fault}: NOT POSSIBLE HERE: {result.impossible}"
    for rule, what in result.breaches.items():
        shown = "; ".join(what[:MOST_SHOWN])
        more = f" and {len(what) - MOST_SHOWN} more" if len(what) > MOST_SHOWN else ""
        yield f"{result.fault}: BROKEN: {rule}: {shown}{more}"
    for place in result.evidence:
        yield f"{result.fault}: data directory, log and journal are kept in {place}"


def _row(result: Result) -> list[str]:
    found = result.findings
    if found is None:
        return [str(len(result.seconds)), *["-"] * (len(COLUMNS) - 1)]
    per_key = f"{min(found.alerts_per_key, default=0)} to {max(found.alerts_per_key, default=0)}"
    return [
        str(len(result.seconds)),
        str(found.refused),
        str(found.acknowledged),
        str(found.found),
        str(len(found.missing) + len(found.uncounted)),
        str(len(found.duplicated)),
        str(len(found.repeats_recorded)),
        str(len(found.overlapping)),
        per_key,
        _seconds(result.median_seconds),
        _seconds(result.longest_seconds),
    ]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"

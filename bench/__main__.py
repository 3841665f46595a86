"""``python -m bench``: what ``make bench`` runs."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bench.cases import CASES, Case
from bench.endurance import MILLION
from bench.machine import this_machine
from bench.plan import ALL_CLIENTS, FULL, SHARES, Axes, Setting, matrix, sensible
from bench.report import as_json
from bench.run import Findings, run
from bench.table import LEGEND, reading_table, tables, verdict_table
from bench.targets import Verdict, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 120
_QUICK_CLIENTS = (1, 64)
_NAMES = {case.name: case for case in CASES}
_QUICK_SECONDS, _SECONDS = 1.0, 1.25
_ROUND = 4.5
"""How many runs' time a round takes, with what is around it."""


def _numbers(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        return tuple(int(each) for each in value.split(",") if each)
    except ValueError:
        raise click.BadParameter("give whole numbers with commas between them") from None


def _cases(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[Case, ...]:
    wanted = value.split(",") if value else list(_NAMES)
    unknown = [name for name in wanted if name not in _NAMES]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: there are {', '.join(_NAMES)}")
    return tuple(case for case in CASES if case.name in wanted)


@click.command(context_settings={"max_content_width": _WIDTH})
@click.option("--quick", is_flag=True, help="1 and 64 clients, 1,000 stored, 1 KiB, one process.")
@click.option("--full", is_flag=True, help="Every combination: hours.")
@click.option("--case", "cases", default="", callback=_cases, help="Such as create_new,get.")
@click.option("--clients", default="", callback=_numbers, help="Such as 1,8,64.")
@click.option("--stored", default="", callback=_numbers, help="Such as 0,1000,1000000.")
@click.option("--payload", default="", callback=_numbers, help="KiB, such as 1,10,100.")
@click.option("--processes", default="", callback=_numbers, help="Such as 1,2.")
@click.option("--share", type=click.Choice(SHARES), help="What of the stored is the caller's.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--seconds", type=click.FloatRange(0.01), help="Of one run [1 if --quick, else 1.25]."
)
@click.option("--million", is_flag=True, help="Instead: memory over a million creates.")
@click.option(
    "--json",
    "json_file",
    default="bench.json",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where everything measured goes.",
)
def main(  # noqa: PLR0913  # one argument for each option
    *,
    quick: bool,
    full: bool,
    cases: tuple[Case, ...],
    clients: tuple[int, ...],
    stored: tuple[int, ...],
    payload: tuple[int, ...],
    processes: tuple[int, ...],
    share: str | None,
    rounds: int,
    seconds: float | None,
    million: bool,
    json_file: Path,
) -> None:
    """Measure the service beside the floor of this machine.

    Without options: one axis after the other, some 30 minutes. An axis that is named, alone or
    with others, is measured in all combinations of the named.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was found by then is told
    base = FULL if full else Axes()
    axes = Axes(
        stored=stored or base.stored,
        shares=(share,) if share else base.shares,
        payloads=payload or base.payloads,
        processes=processes or base.processes,
        clients=clients or (_QUICK_CLIENTS if quick else ALL_CLIENTS),
        cases=cases,
    )
    named = quick or full or clients or stored or payload or processes or share
    settings: list[Setting] = []
    if not million:
        settings = matrix(axes) if named else sensible(cases)
    run_seconds = seconds or (_QUICK_SECONDS if quick else _SECONDS)
    progress = Console(stderr=True)
    points = sum(len(each.clients) * len(each.cases) for each in settings)
    if points:
        minutes = points * rounds * run_seconds * _ROUND / 60
        progress.print(f"{points} measurements, some {minutes:.0f} min")
    machine = this_machine()
    found = run(
        settings,
        run_seconds,
        rounds,
        MILLION if million else 0,
        lambda text: progress.print(text, style="dim", highlight=False),
    )
    judged = verdicts(found.measurements, found.readings)
    json_file.write_text(as_json(machine, run_seconds, found, judged), encoding="utf-8")
    _print(found, judged)
    click.echo(f"{machine.cores} cores, load {machine.load} at the start; {machine.revision}")


def _print(found: Findings, judged: Sequence[Verdict]) -> None:
    out = Console(width=_WIDTH, highlight=False)
    for table in tables(found.measurements):
        out.print(table)
    if found.measurements:
        out.print(LEGEND, style="dim")
    if found.readings:
        out.print(reading_table(found.readings))
    out.print(verdict_table(judged))
    for note in found.notes:
        out.print(note)


if __name__ == "__main__":
    main()

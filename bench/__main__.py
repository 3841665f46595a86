"""``python -m bench``: what ``make bench`` runs."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bench.cases import CASES, Case, Scene
from bench.directories import Directories
from bench.machine import this_machine
from bench.measuring import opened_bench, opened_stage
from bench.plan import ALL_CLIENTS, FULL, SHARES, Axes, Setting, matrix, sensible
from bench.report import as_json
from bench.seeding import CALLER
from bench.service import can_run_processes
from bench.table import LEGEND, tables, verdict_table
from bench.targets import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.results import Measurement
    from bench.service import RunningService

_WIDTH = 120
_QUICK_CLIENTS = (1, 64)
_NAMES = {case.name: case for case in CASES}
_OVERHEAD = 1.3
"""Of a round, for what is around its runs."""


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
@click.option("--rounds", type=click.IntRange(1), help="[3]")
@click.option("--seconds", type=click.FloatRange(0.01), help="Of one run [1 if --quick, else 2].")
@click.option("--json", "json_file", default="bench.json", type=click.Path(path_type=Path))
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
    rounds: int | None,
    seconds: float | None,
    json_file: Path,
) -> None:
    """Measure the service beside the floor of this machine.

    Without options: one axis after the other, in under 20 minutes. An axis that is named, alone or
    with others, is measured in all combinations of the named.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, and so ends what runs
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
    settings = matrix(axes) if named else sensible(cases)
    run_seconds = seconds or (1.0 if quick else 2.0)
    _run(settings, run_seconds, rounds or 3, json_file)


def _run(settings: list[Setting], seconds: float, rounds: int, json_file: Path) -> None:
    machine = this_machine()
    progress = Console(stderr=True)
    out = Console(width=_WIDTH)
    points = sum(len(each.clients) * len(each.cases) for each in settings)
    minutes = points * rounds * seconds * 2.5 * _OVERHEAD / 60
    progress.print(f"{points} measurements, some {minutes:.0f} min")

    def tell(text: str) -> None:
        progress.print(text, style="dim", highlight=False)

    measured: list[Measurement] = []
    try:
        for one in _measurements(settings, seconds, rounds, tell):
            measured.append(one)  # noqa: PERF402  # what is there is reported if a later one fails
    except KeyboardInterrupt:
        tell("stopped: what there is so far follows")
    found = verdicts(measured)
    json_file.write_text(as_json(machine, seconds, measured, found), encoding="utf-8")
    for table in tables(measured):
        out.print(table)
    out.print(LEGEND, style="dim", highlight=False)
    out.print(verdict_table(found))
    out.print(f"{machine.cores} cores, load {machine.load} at the start; {machine.revision}")


def _measurements(
    settings: list[Setting], seconds: float, rounds: int, tell: Callable[[str], None]
) -> Iterator[Measurement]:
    many = can_run_processes()
    with (
        tempfile.TemporaryDirectory(prefix="event-service-bench-") as place,
        opened_bench(seconds, rounds) as bench,
    ):
        directories = Directories(Path(place), tell)
        for setting in settings:
            if setting.processes > 1 and not many:
                tell(f"{setting.processes} processes: this service has no worker processes")
                continue
            with (
                directories.serving(setting.stored, setting.processes) as service,
                opened_stage(service, _scene(service, setting), setting.processes) as stage,
            ):
                for case in setting.cases:
                    if case.reads and not setting.stored.events:
                        continue
                    for clients in setting.clients:
                        tell(f"{case.name}: {clients} clients, {setting.stored.events:,} stored")
                        yield bench.measure(case, clients, stage)


def _scene(service: RunningService, setting: Setting) -> Scene:
    webhook_id, access_key = service.webhook(CALLER)
    return Scene(webhook_id, access_key, service.token(CALLER), setting.stored)


if __name__ == "__main__":
    main()

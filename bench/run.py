"""A whole run: every setting of a plan on a service of its own, and what it found."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cases import Scene
from bench.directories import Directories
from bench.endurance import Reading, endure
from bench.measuring import Bench, NoAnswer, Stage, opened_bench, opened_stage
from bench.seeding import CALLER, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.plan import Setting
    from bench.results import Measurement


@dataclass(slots=True)
class Findings:
    """What a run has found so far; ``notes`` say what could not be measured."""

    measurements: list[Measurement] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def run(
    settings: Sequence[Setting],
    seconds: float,
    rounds: int,
    creates: int,
    tell: Callable[[str], None],
) -> Findings:
    """Measure every setting, then memory over so many creates; KeyboardInterrupt ends it early.

    ``seconds`` is the time of one run of calls; ``tell`` hears what is being done.
    """
    found = Findings()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="event-service-bench-") as place,
            opened_bench(seconds, rounds) as bench,
        ):
            directories = Directories(Path(place), tell)
            for setting in settings:
                _measure(bench, directories, setting, found, tell)
            if creates:
                with _stage(directories, Stored(0, 1, all_callers=False), 1) as stage:
                    found.readings.extend(endure(bench, stage, creates, tell))
    except KeyboardInterrupt:
        found.notes.append("It was stopped before its end.")
    return found


def _measure(
    bench: Bench,
    directories: Directories,
    setting: Setting,
    found: Findings,
    tell: Callable[[str], None],
) -> None:
    with _stage(directories, setting.stored, setting.processes) as stage:
        for case in setting.cases:
            if case.reads and not setting.stored.events:
                found.notes.append(f"{case.name}: nothing is stored that could be read.")
                continue
            for clients in setting.clients:
                tell(f"{case.name}: {clients} clients, {setting.stored.events:,} stored")
                try:
                    found.measurements.append(bench.measure(case, clients, stage))
                except NoAnswer as reason:
                    found.notes.append(f"{reason} ({setting.stored.events:,} stored)")
                    break


@contextmanager
def _stage(directories: Directories, stored: Stored, processes: int) -> Iterator[Stage]:
    with directories.serving(stored, processes) as service:
        webhook_id, access_key = service.webhook(CALLER)
        scene = Scene(webhook_id, access_key, service.token(CALLER), stored)
        with opened_stage(service, scene, processes) as stage:
            yield stage

"""How far a migration is: bars on a terminal, lines elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from event_service.cli.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.migration.following import Progress as StepProgress

_LINE_SECONDS: Final = 10.0


class Display:
    """Shows one step after the other: this one nothing of them."""

    def begin(self, title: str) -> None:
        """A step begins."""

    def advance(self, progress: StepProgress) -> None:
        """So many of its documents are done."""

    def end(self) -> None:
        """The step is done."""


class _Bars(Display):
    def __init__(self, bars: Progress) -> None:
        self._bars = bars

    def begin(self, title: str) -> None:
        # Without a total the bar runs to and fro.
        self._task = self._bars.add_task(title, total=None, counted="")

    def advance(self, progress: StepProgress) -> None:
        if progress.total is None or progress.done is None:
            return
        self._bars.update(
            self._task,
            total=progress.total,
            completed=progress.done,
            counted=f"{progress.done:,} of {progress.total:,}",
        )

    def end(self) -> None:
        self._bars.update(self._task, total=1, completed=1)
        self._bars.stop_task(self._task)


class _Lines(Display):
    def begin(self, title: str) -> None:
        self._title = title
        self._began = self._told = time.monotonic()

    def advance(self, progress: StepProgress) -> None:
        now = time.monotonic()
        if now - self._told < _LINE_SECONDS:
            return
        self._told = now
        counted = "" if progress.total is None else f", {progress.done:,} of {progress.total:,}"
        click.echo(f"{self._title}: {now - self._began:.0f} s{counted}")

    def end(self) -> None:
        click.echo(f"{self._title}: done in {time.monotonic() - self._began:.1f} s")


@contextmanager
def displayed(*, quiet: bool = False) -> Iterator[Display]:
    """The display for wherever standard output goes; ``quiet`` shows nothing."""
    if quiet:
        yield Display()
        return
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        # On a narrow terminal the end of a title goes, never the bar.
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
        ),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[counted]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, expand=True) as bars:
        yield _Bars(bars)


def title_of(number: int, total: int, collection: str, what: str) -> str:
    """A step in a line."""
    return visible(f"{number}/{total} {collection}: {what}")

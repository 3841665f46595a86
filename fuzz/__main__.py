"""``python -m fuzz``: fuzz every target, or those named, for some seconds in all."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import click

from fuzz.campaign import fuzz, grow
from fuzz.targets import TARGETS


@click.command()
@click.option("--seconds", default=60, show_default=True, help="For all targets together.")
@click.option("--keep", is_flag=True, help="Keep what was found worth keeping in fuzz/corpus.")
@click.option("--scratch", type=click.Path(path_type=Path), help="Where new inputs are written.")
@click.argument("names", nargs=-1, type=click.Choice(sorted(TARGETS)))
def main(seconds: int, scratch: Path | None, names: tuple[str, ...], *, keep: bool) -> None:
    """Fuzz TARGETS, all without any; the exit status is 1 when one of them failed."""
    if find_spec("atheris") is None:
        raise click.ClickException("atheris is not installed: pip install '.[fuzz]'")
    scratch = scratch or Path(mkdtemp(prefix="event-service-fuzz-"))
    chosen = [TARGETS[name] for name in names or TARGETS]
    each = max(1, seconds // len(chosen))
    failed = []
    click.echo(f"{'target':<14}{'inputs':>8}{'executed':>12}{'edges':>8}   ({each} s each)")
    for target in chosen:
        run = fuzz(target, each, scratch)
        state = "" if run.finding is None else "   FAILED"
        click.echo(f"{run.target:<14}{run.inputs:>8}{run.executed:>12}{run.edges:>8}{state}")
        if run.finding is not None:
            failed.append(run)
        elif keep:
            path = grow(target, scratch)
            click.echo(f"{'':<14}kept as {path.name}, {path.stat().st_size} bytes")
    for run in failed:
        click.echo(f"\n{run.target}:\n{run.finding}\nThe input: {scratch / run.target}/failing-*")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()

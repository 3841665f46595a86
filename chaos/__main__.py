"""``python -m chaos``: see ``make chaos``."""

from __future__ import annotations

import json
import secrets
import sys

import click
from rich.console import Console

from chaos.faults.all import FAULTS
from chaos.report import as_table, in_words
from chaos.rounds import make_rounds
from chaos.trial import Plan
from event_service.logs import tell_what_is_amiss

RECOVERY_SECONDS = 10.0
"""The longest that the service may take to serve again."""
_NAMES = click.Choice(list(FAULTS))


@click.command()
@click.option("--rounds", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--fault", "names", type=_NAMES, multiple=True, help="Only this; may be repeated.")
@click.option("--senders", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(1, 10_000),
    default=100.0,
    show_default=True,
    help="Calls per second.",
)
@click.option("--seed", type=int, help="Of everything that is random; printed.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def main(
    rounds: int,
    names: tuple[str, ...],
    senders: int,
    rate: float,
    seed: int | None,
    *,
    as_json: bool,
) -> None:
    """Break things under a service and see what is lost. Ends with 1 if a rule was broken."""
    tell_what_is_amiss()
    seed = secrets.randbelow(2**32) if seed is None else seed
    plan = Plan(rounds=rounds, senders=senders, rate=rate, seed=seed)
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    # Into a file the table goes whole.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    progress.print(f"seed {seed}: --seed {seed} makes the same choices again")
    results = []
    for name in names or FAULTS:
        result = make_rounds(FAULTS[name], plan, progress.print, RECOVERY_SECONDS)
        results.append(result)
        for line in in_words(result):
            progress.print(line, style="bold red", markup=False)
    broken = any(result.breaches for result in results)
    if as_json:
        document = {"seed": seed, "broken": broken, "faults": [one.as_object() for one in results]}
        click.echo(json.dumps(document, indent=2))
    else:
        console.print(as_table(results))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

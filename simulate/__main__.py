"""``python -m simulate``: prints the tables of docs/scaling.md, and leaves all of it as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from simulate.costs import Costs, read_costs
from simulate.run import run
from simulate.scenario import Scenario
from simulate.scenarios import scenarios
from simulate.sizing import Plan, size
from simulate.table import filled
from simulate.tables import computed_tables, run_table

_BASE = Scenario("base")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings={"show_default": True})
@click.option("--rate", default=_BASE.rate, help="Calls per second.")
@click.option("--stored", default=Plan().stored, help="Events that are kept.")
@click.option("--seconds", default=_BASE.seconds, help="Simulated seconds of most runs.")
@click.option("--processes", default=_BASE.processes, help="Service processes.")
@click.option("--writers", default=_BASE.writers, help="Batches under way in one process.")
@click.option("--queue", default=_BASE.queue, help="Calls in a process before it refuses.")
@click.option("--shards", default=_BASE.shards, help="Shards of the database.")
@click.option("--redis-masters", default=_BASE.redis_masters, help="Masters of Redis.")
@click.option("--domains", default=_BASE.domains, help="Domains that send.")
@click.option("--keys", default=_BASE.keys, help="Dedup keys of a domain.")
@click.option("--zipf", default=_BASE.zipf, help="How uneven domains and keys are; 0 is even.")
@click.option("--flush-seconds", default=_BASE.flush_seconds, help="As EVENT_FLUSH_SECONDS.")
@click.option("--seed", default=_BASE.seed, help="The same seed gives the same run.")
@click.option("--costs", type=_FILE, help="JSON with costs that were measured (simulate/costs.py).")
@click.option("--json", "json_file", type=_FILE, default=Path("build/simulate.json"))
@click.option("--document", type=_FILE, help="Put the tables into this file, in their places.")
def main(
    stored: float, costs: Path | None, json_file: Path, document: Path | None, **base: Any
) -> None:
    """Back docs/scaling.md: compute its tables, and play its scenarios through."""
    try:
        known = Costs() if costs is None else read_costs(costs)
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--costs") from error
    plan = Plan(rate=base["rate"], stored=stored, costs=known)
    # What is piped has no width of its own.
    console = Console(width=None if sys.stdout.isatty() else 200)
    tables = computed_tables(plan)
    for table in tables:
        console.print(table.terminal())
    results = []
    for scenario in scenarios(Scenario("base", costs=known, **base)):
        with console.status(f"{scenario.name} ..."):
            results.append(run(scenario))
    runs = run_table(results)
    console.print(runs.terminal())
    json_file.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "costs": asdict(known),
        "sizing": asdict(size(plan)),
        "runs": [asdict(result) for result in results],
    }
    json_file.write_text(json.dumps(told, indent=2) + "\n")
    console.print(f"All of it as JSON: {json_file}")
    if document is not None:
        document.write_text(filled(document.read_text(), (*tables, runs)))


if __name__ == "__main__":
    main()

"""``event-service migrate``: makes of a database what the service wants of it."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import click
from pymongo.errors import DuplicateKeyError

from event_service.cli.faults import told_plainly
from event_service.cli.migrate_progress import displayed, title_of
from event_service.cli.options import data_dir_option, json_option, settings_of
from event_service.cli.stores import key_vault, opened_stores
from event_service.cli.terminal import visible
from event_service.migration.following import follow
from event_service.migration.plan import make_plan
from event_service.model.indexes import refuses_events
from event_service.store_clients import connect_mongodb, database_of, first_clause

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from event_service.migration.plan import Plan
    from event_service.settings import Settings

_INTERRUPTED: Final = 130


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option(
    "--drop-unused",
    is_flag=True,
    help="Drop the indexes too that the service has no use for, such as Cloudforet's.",
)
@data_dir_option
@json_option
def migrate(*, dry_run: bool, drop_unused: bool, data_dir: Path | None, as_json: bool) -> None:
    """Build and repair indexes, and bring what Cloudforet left into the form of this service.

    May be repeated, and interrupted: what is done stays done. Documents that a unique index would
    not take are named and left alone; it exits with 1 then.
    """
    with told_plainly():
        settings = settings_of(data_dir=data_dir)
        with _opened_database(settings) as database:
            plan = make_plan(
                database,
                retention_days=settings.retention_days,
                vault=key_vault(settings),
                drop_unused=drop_unused,
            )
            if as_json:
                click.echo(json.dumps(_as_object(plan), indent=2))
            elif dry_run:
                _print_steps(plan)
            all_done = dry_run or run_plan(plan, database, quiet=as_json)
    if not as_json:
        _print_rest(plan, dry_run=dry_run)
    sys.exit(1 if plan.stopped or not all_done else 0)


@contextmanager
def _opened_database(settings: Settings) -> Iterator[Database[dict[str, Any]]]:
    with ExitStack() as stack:
        stores = stack.enter_context(opened_stores(settings, for_builds=True))
        client = connect_mongodb(stores.mongodb_uri, settings, for_builds=True)
        stack.enter_context(client)
        yield database_of(client)


def run_plan(plan: Plan, database: Database[dict[str, Any]], *, quiet: bool) -> bool:
    """Do one step after the other; on Ctrl-C say how many are done, and exit with 130.

    A step that duplicates stop is told and left: the build alone finds lists that share a member,
    and what was written since the plan was made. False if there is one.
    """
    done = 0
    try:
        with displayed(quiet=quiet) as display:
            for number, step in enumerate(plan.steps, 1):
                title = title_of(number, len(plan.steps), step.collection, str(step))
                display.begin(title)
                try:
                    follow(step, database, display.advance)
                except DuplicateKeyError as fault:
                    click.echo(visible(f"{title}: {first_clause(fault)}"), err=True)
                else:
                    display.end()
                    done += 1
    except KeyboardInterrupt:
        click.echo(
            f"Interrupted: {done} of {len(plan.steps)} steps are done and stay so."
            " Run it again to go on.",
            err=True,
        )
        sys.exit(_INTERRUPTED)
    return done == len(plan.steps)


def _as_object(plan: Plan) -> dict[str, Any]:
    return {
        "steps": [
            {"collection": step.collection, "step": str(step), "documents": step.documents}
            for step in plan.steps
        ],
        "stopped": [
            {
                "collection": each.index.collection,
                "index": str(each.index.shape),
                "values": each.values,
                "documents": each.documents,
                "examples": list(each.examples),
            }
            for each in plan.stopped
        ],
        "unused": [
            {"collection": each.collection, "name": each.name, "index": str(each.shape)}
            for each in plan.unused
        ],
    }


def _print_steps(plan: Plan) -> None:
    for number, step in enumerate(plan.steps, 1):
        about = "" if step.documents is None else f" ({_counted(step.documents)})"
        what = f"{step}{about}"
        click.echo(title_of(number, len(plan.steps), step.collection, what))


def _counted(documents: int) -> str:
    return f"{documents:,} document{'' if documents == 1 else 's'}"


def _print_rest(plan: Plan, *, dry_run: bool) -> None:
    if not plan.steps and not plan.stopped:
        click.echo("There is nothing to do.")
    elif plan.steps and dry_run:
        click.echo("Nothing was changed: this was a dry run.")
    for each in plan.unused:
        name = visible(f"{each.collection}.{each.name}")
        refusing = ", which may refuse events" if refuses_events(each) else ""
        click.echo(
            f"The service has no use for the index {name}{refusing}; --drop-unused drops it."
        )
    for duplicates in plan.stopped:
        click.echo(visible(f"{duplicates}, so the unique index can't be built."), err=True)
        click.echo(
            "  Keep one document of each value, remove or change the others, and run it again.",
            err=True,
        )

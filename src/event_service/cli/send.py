"""``event-service send``: a monitoring system for those who have none at hand."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from event_service.cli.address import grpc_address
from event_service.cli.draft_text import as_line
from event_service.cli.event_client import EventClient
from event_service.cli.faults import told_plainly
from event_service.cli.options import address_option, data_dir_option, settings_of
from event_service.cli.preview import preview_of
from event_service.cli.secrets_given import secret_given
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.samples import sample, sample_names

_MOST = 1_000_000


@click.command()
@click.option("--webhook", "webhook_id", required=True, help="The webhook_id to send to.")
@click.option("--key", help="The webhook's access key [EVENT_ACCESS_KEY].")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with the key, so that no list of processes shows it.",
)
@click.option(
    "--source",
    type=click.Choice(sample_names()),
    default="alertmanager",
    show_default=True,
    help="Whose body to send.",
)
@click.option(
    "--count", type=click.IntRange(1, _MOST), default=1, show_default=True, help="How often."
)
@click.option("--new", is_flag=True, help="Each is an alarm of its own, not the same one again.")
@address_option
@data_dir_option
def send(
    webhook_id: str,
    key: str | None,
    key_file: Path | None,
    source: str,
    count: int,
    new: bool,  # noqa: FBT001
    address: str | None,
    data_dir: Path | None,
) -> None:
    """Send a sample body to a webhook of a running service, as its source would.

    Without --new it is the same alarm each time, in this run and the next.
    """
    access_key = secret_given(key, key_file, "EVENT_ACCESS_KEY")
    if access_key is None:
        raise click.UsageError("give the access key by --key, --key-file or EVENT_ACCESS_KEY")
    with told_plainly():
        asked = address or grpc_address(settings_of(data_dir=data_dir))
    first = secrets.randbelow(10**9) + 10 if new else 1
    bodies = (sample(source, first + number if new else first) for number in range(count))
    registry = ParserRegistry(installed_sources())
    with EventClient(asked) as client:
        sent = 0
        try:
            for body in bodies:
                client.create(webhook_id, access_key, body)
                sent += 1
                if new or sent == 1:
                    drafts = preview_of(registry, source, body).events
                    click.echo(f"sent {source}: {'; '.join(map(as_line, drafts))}")
        finally:
            click.echo(f"{sent} of {count} sent to {webhook_id} at {client.address}")

"""``event-service events``: what a running service recorded, and what it goes on to record."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from event_service.cli.address import grpc_address
from event_service.cli.event_client import EventClient, Refused
from event_service.cli.event_rows import FIELDS, as_json_line, as_table
from event_service.cli.faults import told_plainly
from event_service.cli.following import Followed
from event_service.cli.identity import metadata_maker
from event_service.cli.options import address_option, data_dir_option, json_option, settings_of
from event_service.cli.secrets_given import secret_given
from event_service.cli.terminal import put, terminal_width
from event_service.draft import Severity
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo

_SINCE: Final = re.compile(r"[1-9][0-9]{0,8}[smhdw]")
_MOST: Final = 1000


def _since(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and _SINCE.fullmatch(value) is None:
        raise click.BadParameter("give a number and s, m, h, d or w, such as 1h", ctx, param)
    return value


@click.command()
@click.option(
    "--severity",
    "severities",
    type=click.Choice([each.value for each in Severity], case_sensitive=False),
    multiple=True,
    help="Only these; may be given several times.",
)
@click.option("--since", callback=_since, help="Only what was recorded since: 30s, 15m, 1h, 7d.")
@click.option(
    "--limit",
    type=click.IntRange(1, _MOST),
    default=20,
    show_default=True,
    help="How many, the newest.",
)
@click.option("--watch", is_flag=True, help="Go on with new ones until Ctrl-C.")
@click.option(
    "--interval",
    type=click.FloatRange(0.05, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between two looks with --watch.",
)
@click.option("--domain", help="domain_id; domain-local without a token.")
@click.option("--workspace", help="Only events of this workspace_id.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with the token [EVENT_TOKEN]; without one, the data directory's own keys.",
)
@address_option
@data_dir_option
@json_option
def events(  # noqa: PLR0913 - one argument for each option
    *,
    severities: tuple[str, ...],
    since: str | None,
    limit: int,
    watch: bool,
    interval: float,
    domain: str | None,
    workspace: str | None,
    token_file: Path | None,
    address: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """List the newest events of a running service, the newest last; with --json one in a line.

    Texts of senders are shown, never obeyed: what would act on the terminal is a picture.
    """
    token = secret_given(None, token_file, "EVENT_TOKEN")
    with told_plainly():
        settings = settings_of(data_dir=data_dir)
        asked = address or grpc_address(settings)
    metadata = metadata_maker(settings, token, domain)
    query = _query(severities, since, workspace)
    with EventClient(asked) as client:
        followed = Followed(
            lambda each: client.list(each, metadata()), query, () if as_json else FIELDS
        )
        show = _print_json if as_json else _TablePrinter()
        try:
            found = followed.newest(limit)
            show(found)
            click.echo(f"{len(found)} of {followed.total} events", err=True)
            if watch:
                _watch(followed, show, interval)
        except KeyboardInterrupt:
            # The way to end --watch; nothing is left half done.
            return


def _watch(
    followed: Followed, show: Callable[[Sequence[EventInfo]], None], interval: float
) -> None:
    pause = threading.Event()
    answering = True
    while not pause.wait(interval):
        try:
            show(followed.news())
            answering = True
        except Refused as fault:
            if not fault.passing:
                raise
            if answering:
                click.echo(f"{fault.message}; trying again", err=True)
            answering = False


def _query(
    severities: tuple[str, ...], since: str | None, workspace: str | None
) -> event_pb2.EventQuery:
    query = event_pb2.EventQuery(workspace_id=workspace or "")
    if severities:
        among = query.query.filter.add(k="severity", o="in")
        among.v.list_value.extend(severities)
    if since is not None:
        from_then = query.query.filter.add(k="created_at", o="timediff_gte")
        from_then.v.string_value = f"now-{since}"
    return query


class _TablePrinter:
    """Prints tables below one another under one header."""

    def __init__(self) -> None:
        self._header = True

    def __call__(self, events: Sequence[EventInfo]) -> None:
        if events:
            put(as_table(events, terminal_width(), header=self._header))
            self._header = False


def _print_json(events: Sequence[EventInfo]) -> None:
    for event in events:
        click.echo(as_json_line(event))

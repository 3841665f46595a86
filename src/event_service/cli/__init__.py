"""The command ``event-service``."""

from __future__ import annotations

import click

import event_service
from event_service.cli.doctor import doctor
from event_service.cli.events import events
from event_service.cli.health import health
from event_service.cli.migrate import migrate
from event_service.cli.parse import parse
from event_service.cli.send import send
from event_service.cli.serve import serve
from event_service.cli.standard_streams import open_standard_streams
from event_service.cli.token import token
from event_service.cli.webhook import webhook
from event_service.logs import tell_what_is_amiss


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        """Run a command. Raises click.UsageError for bytes that can go into no message."""
        try:
            return super().invoke(ctx)
        except UnicodeEncodeError as fault:
            # Python takes such a byte for half of a character, from a command line or a variable.
            if fault.reason != "surrogates not allowed":
                raise
            raise click.UsageError("an argument or a variable is not UTF-8") from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Alarm events for Cloudforet / SpaceONE: webhooks in, events and alerts out.

    Addresses of stores, and everything else that can be set, come from EVENT_ variables.
    """
    open_standard_streams()
    tell_what_is_amiss()


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(event_service.__version__)


for _command in (serve, token, webhook, doctor, health, migrate, send, parse, events):
    main.add_command(_command)

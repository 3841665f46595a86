"""``event-service token``: a token of the service's own key pair."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from event_service.auth.local import ROLES, LocalKeyPair
from event_service.cli.options import data_dir_option, settings_of

if TYPE_CHECKING:
    from pathlib import Path

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(ctx: click.Context, param: click.Parameter, value: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", value)
    if match is None:
        raise click.BadParameter("give a number and s, m, h or d, for example 1h", ctx, param)
    return int(match[1]) * _UNITS[match[2]]


@click.command()
@click.option("--role", type=click.Choice(ROLES), required=True, help="Who the token is for.")
@click.option("--domain", required=True, help="The domain id.")
@click.option("--workspace", help="The workspace id, for WORKSPACE_OWNER and WORKSPACE_MEMBER.")
@click.option("--project", "projects", multiple=True, help="A project id of a WORKSPACE_MEMBER.")
@click.option(
    "--permission", "permissions", multiple=True, help="Such as monitoring:Event; none means all."
)
@click.option(
    "--ttl", callback=_seconds, default="1h", show_default=True, help="How long: 90s, 30m, 1h, 7d."
)
@data_dir_option
def token(
    *,
    role: str,
    domain: str,
    workspace: str | None,
    projects: tuple[str, ...],
    permissions: tuple[str, ...],
    ttl: int,
    data_dir: Path | None,
) -> None:
    """Print a token for a service that trusts its own key pair.

    That is one without EVENT_AUTH_JWKS and EVENT_IDENTITY_ENDPOINT.
    """
    try:
        issued = LocalKeyPair(settings_of(data_dir=data_dir).data_dir).issue(
            role,
            domain,
            workspace=workspace,
            projects=projects,
            permissions=permissions,
            ttl=ttl,
        )
    except ValueError as reason:
        raise click.UsageError(str(reason)) from None
    except OSError as reason:
        raise click.ClickException(f"The key pair can't be read or made: {reason}") from None
    click.echo(issued)

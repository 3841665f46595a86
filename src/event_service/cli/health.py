"""``event-service health``: whether a running service takes calls, as an exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import grpc

from event_service.cli.address import grpc_address
from event_service.cli.faults import told_plainly
from event_service.cli.options import address_option, data_dir_option, settings_of
from event_service.doctor.running_service import SERVING, health_of

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@address_option
@click.option("--timeout", default=5.0, show_default=True, help="Seconds to wait for the answer.")
@click.option(
    "--service",
    default="",
    help="Ask for this one, such as spaceone.api.monitoring.v1.Event, which needs no Redis.",
)
@data_dir_option
def health(address: str | None, timeout: float, service: str, data_dir: Path | None) -> None:
    """Ask a running service for its health; exit 0 when it is serving, else 1.

    It is serving when all stores answer, or those that the --service can't do without.
    """
    with told_plainly():
        asked = address or grpc_address(settings_of(data_dir=data_dir))
    try:
        status = health_of(asked, timeout, service)
    except grpc.RpcError as fault:
        raise click.ClickException(f"{asked} does not answer: {fault.code().name}") from fault
    click.echo(status)
    sys.exit(0 if status == SERVING else 1)

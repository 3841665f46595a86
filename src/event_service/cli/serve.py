"""``event-service serve``: runs the service until it is told to stop."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click
import structlog

from event_service.cli.address import reachable
from event_service.cli.demo import make_demo, token_of
from event_service.cli.faults import told_plainly
from event_service.cli.options import data_dir_option, settings_of, variables_of
from event_service.cli.stores import opened_webhooks
from event_service.doctor.variables import misspelt
from event_service.garbage import settle_garbage_collector
from event_service.logs import set_up_logging
from event_service.one_core import keep_to_one_core
from event_service.open_files import allow_files
from event_service.stopping import end_by_signals, run_until_stopped
from event_service.tracing.telemetry import start_telemetry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.app import Service
    from event_service.settings import Settings
    from event_service.workers.fleet import Fleet

_log = structlog.get_logger(__name__)


@click.command()
@click.option("--host", help="Address that gRPC and HTTP listen on [EVENT_HOST].")
@click.option("--port", type=int, help="Port that gRPC listens on; 0 picks one [EVENT_PORT].")
@click.option(
    "--http-port",
    type=int,
    help="Port that HTTP listens on; 0 picks one, -1 switches it off [EVENT_HTTP_PORT].",
)
@click.option(
    "--processes", type=int, help="Processes that serve on the same ports [EVENT_PROCESSES]."
)
@click.option(
    "--demo", is_flag=True, help="Make a webhook if there is none, and say how to use it."
)
@click.option(
    "--no-auth", is_flag=True, default=None, help="No tokens, on loopback only [EVENT_NO_AUTH]."
)
@click.option(
    "--no-auth-on-any-address",
    is_flag=True,
    default=None,
    help="No tokens, whoever can reach the address [EVENT_NO_AUTH_ON_ANY_ADDRESS].",
)
@data_dir_option
def serve(*, demo: bool, **given: object) -> None:
    """Run the service, with embedded stores where no address is set.

    SIGTERM, SIGINT and SIGHUP let running calls end within EVENT_STOP_SECONDS; a second one ends
    them.
    """
    end_by_signals()
    with told_plainly(), ExitStack() as ends:
        settings = settings_of(**given)
        allow_files(settings)
        if settings.one_core and settings.processes == 1:
            keep_to_one_core(os.getpid())  # before a thread begins, which would get a heap
        telemetry = start_telemetry()
        ends.callback(telemetry.stop)
        set_up_logging(settings, telemetry)
        for name, alike in misspelt(os.environ):
            _log.warning("not read: no such setting", variable=name, instead=alike)
        service = _started(settings, given)

        def announce() -> None:
            settle_garbage_collector()
            click.echo(f"Serving on {service.address}")
            if service.http_address is not None:
                click.echo(f"HTTP on http://{reachable(service.http_address)}, explained at /docs")
            if demo:
                with opened_webhooks(settings) as webhooks:
                    lines = make_demo(webhooks, service.address, token_of(settings))
                click.echo("\n" + "\n".join(lines))

        if not run_until_stopped(service, settings.stop_seconds, announce=announce):
            raise click.ClickException("The service ended by itself; its log says why.")


def _started(settings: Settings, given: Mapping[str, object]) -> Service | Fleet:
    # Only here: the other commands need nothing of a server, and start in half the time.
    service: Service | Fleet
    if settings.processes > 1:
        from event_service.workers.fleet import Fleet  # noqa: PLC0415

        service = Fleet(settings, variables_of(**given))
    else:
        from event_service.app import build_service  # noqa: PLC0415

        service = build_service(settings)
    service.start()
    return service

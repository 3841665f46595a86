"""``event-service doctor``: is the installation as it must be, and what to do if not?"""

from __future__ import annotations

import json
import logging
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import structlog
from pydantic import ValidationError

from event_service.cli.address import reachable
from event_service.cli.doctor_text import as_objects, print_findings
from event_service.cli.faults import settings_told
from event_service.cli.options import data_dir_option, json_option, settings_of
from event_service.cli.stores import opened_stores
from event_service.doctor.examination import Examined, examine_machine, examine_stores
from event_service.doctor.finding import exit_status, failure
from event_service.doctor.running_service import ServiceAddress
from event_service.embedded.directory import holder_of, read_runtime
from event_service.start_errors import DataDirectoryError, StartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from event_service.doctor.finding import Finding
    from event_service.settings import Settings


@click.command()
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(1, 600),
    default=10.0,
    show_default=True,
    help="Seconds for all that is asked of stores, and for all that is asked of others.",
)
@data_dir_option
@json_option
def doctor(*, seconds: float, data_dir: Path | None, as_json: bool) -> None:
    """Look at stores, indexes, plugins, identity and clock, and say what to do.

    Whether the service runs or not. Exits with 1 if something fails, 0 otherwise.
    """
    with _quiet():
        findings = list(_settled(data_dir, seconds))
    if as_json:
        click.echo(json.dumps(as_objects(findings), indent=2))
    else:
        print_findings(findings)
    sys.exit(exit_status(findings))


def _settled(data_dir: Path | None, seconds: float) -> Iterator[Finding]:
    try:
        settings = settings_of(data_dir=data_dir)
    except ValidationError as fault:
        for told in settings_told(fault):
            yield failure("Settings", told, "Correct the variable; README.md says what it takes.")
        return
    yield from findings_of(settings, seconds)


def findings_of(
    settings: Settings, seconds: float, clock: Callable[[], float] = time.time
) -> Iterator[Finding]:
    """Everything about an installation. ``clock`` gives seconds since 1970."""
    try:
        # Before a store is opened: an embedded one makes us the holder.
        running = read_runtime(settings.data_dir)
        holder = holder_of(settings.data_dir)
    except DataDirectoryError as fault:
        advice = "Run it as the user of the service, or set EVENT_DATA_DIR to a directory."
        yield failure("Data directory", str(fault), advice)
        return
    service = None
    if running is not None:
        http = None if running.http is None else reachable(running.http)
        service = ServiceAddress(reachable(running.grpc), http, running.pid)
    examined = Examined(settings, service, holder, clock)
    yield from examine_machine(examined, seconds)
    try:
        with opened_stores(settings) as stores:
            yield from examine_stores(examined, stores.mongodb_uri, stores.redis_url, seconds)
    except StartError as fault:
        advice = "Without a store nothing else can be looked at."
        yield failure("Embedded stores", str(fault), advice)


@contextmanager
def _quiet() -> Iterator[None]:
    """No log: what it would say, the findings say better."""
    before, factory = logging.root.manager.disable, structlog.get_config()["logger_factory"]
    logging.disable(logging.CRITICAL)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    try:
        yield
    finally:
        logging.disable(before)
        structlog.configure(logger_factory=factory)

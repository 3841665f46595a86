"""A worker: ``python -m event_service.workers``, as ``workers.fleet`` starts it.

All that it is to know stands in the environment.
"""

from __future__ import annotations

import signal
import sys

import structlog

from event_service.app import build_service
from event_service.garbage import settle_garbage_collector
from event_service.logs import set_up_logging
from event_service.metrics.exposition import worker_restarted
from event_service.one_core import keep_to_one_core
from event_service.settings import Settings
from event_service.start_errors import StartError
from event_service.stopping import run_until_stopped
from event_service.stores import given_stores
from event_service.tracing.telemetry import start_telemetry
from event_service.workers.fleet import AGAIN, READY
from event_service.workers.pulse import give_signs


def main(arguments: list[str]) -> int:
    """Serve until told to stop; the exit status. The first argument is the worker's number."""
    number, *further = arguments
    settings = Settings()
    if settings.one_core:
        keep_to_one_core(int(number))
    telemetry = start_telemetry()
    set_up_logging(settings, telemetry)
    try:
        return _serve(settings, again=further == [AGAIN])
    finally:
        telemetry.stop()


def _serve(settings: Settings, *, again: bool) -> int:
    if again:
        worker_restarted()  # also where this one ends before it serves, time and again
    try:
        service = build_service(settings, stores=given_stores(settings), shares_ports=True)
        service.start()
    except StartError as fault:
        structlog.get_logger(__name__).error("not started", fault=str(fault))
        return 1

    def announce() -> None:
        settle_garbage_collector()
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        give_signs()

    # A supervisor of the system, as systemd, sends a SIGTERM to each process besides our own.
    hurrying = {signal.SIGINT}
    stopped = run_until_stopped(service, settings.stop_seconds, hurrying, announce=announce)
    return 0 if stopped else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``event-service serve``: runs the service until it is told to stop."""

from __future__ import annotations

import signal
import threading
from enum import Enum, auto
from queue import SimpleQueue
from typing import Protocol

import click

from event_service.cli.address import reachable
from event_service.cli.demo import make_demo, token_of
from event_service.cli.faults import told_plainly
from event_service.cli.options import data_dir_option, settings_of
from event_service.garbage import settle_garbage_collector
from event_service.logs import set_up_logging
from event_service.tracing.telemetry import start_telemetry

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stoppable(Protocol):
    """What running a service takes of it."""

    def wait(self) -> None:
        """Return when the service has ended."""

    def stop(self, grace_seconds: float) -> None:
        """Refuse new calls, let running ones end within the time, then end.

        Called again meanwhile, from another thread, a shorter time wins.
        """


class _Happened(Enum):
    SIGNAL = auto()
    END = auto()


@click.command()
@click.option("--host", help="Address that gRPC and HTTP listen on [EVENT_HOST].")
@click.option("--port", type=int, help="Port that gRPC listens on; 0 picks one [EVENT_PORT].")
@click.option(
    "--http-port",
    type=int,
    help="Port that HTTP listens on; 0 picks one, -1 switches it off [EVENT_HTTP_PORT].",
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

    SIGTERM and SIGINT let running calls end within EVENT_STOP_SECONDS; a second one ends them.
    """
    # Only here: the other commands need nothing of a server, and start in half the time.
    from event_service.app import Service  # noqa: PLC0415

    with told_plainly():
        settings = settings_of(**given)
        telemetry = start_telemetry()
        set_up_logging(settings, telemetry)
        service = Service(settings)
        service.start()
        settle_garbage_collector()
        try:
            click.echo(f"Serving on {service.address}")
            if service.http_address is not None:
                click.echo(f"HTTP on http://{reachable(service.http_address)}, explained at /docs")
            if demo:
                lines = make_demo(service.webhooks, service.address, token_of(settings))
                click.echo("\n" + "\n".join(lines))
        except BaseException:  # also Ctrl-C: the service has been started
            service.stop(0)
            raise
        ended = run_until_stopped(service, settings.stop_seconds)
        telemetry.stop()
        if not ended:
            raise click.ClickException("The service ended by itself; its log says why.")


def run_until_stopped(service: Stoppable, grace_seconds: float) -> bool:
    """Wait for a signal and stop the started service; only on the main thread.

    The first signal gives running calls the time to end, a second one none. False when the
    service ended without any.
    """
    # A queue, because a signal's handler may interrupt anything and must not wait for it.
    happened: SimpleQueue[_Happened] = SimpleQueue()
    before = {
        number: signal.signal(number, lambda *_: happened.put(_Happened.SIGNAL))
        for number in _STOP_SIGNALS
    }

    def tell_end() -> None:
        service.wait()
        happened.put(_Happened.END)

    threading.Thread(target=tell_end, name="wait-for-end", daemon=True).start()
    try:
        if happened.get() is _Happened.END:
            service.stop(0)
            return False
        stopping = threading.Thread(target=service.stop, args=(grace_seconds,), name="stop")
        stopping.start()
        while happened.get() is _Happened.SIGNAL:
            service.stop(0)
        stopping.join()
        return True
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""How long the end of a process is held up by a collector that takes nothing."""

from __future__ import annotations

from threading import Event

from event_service.tracing.telemetry import Telemetry


def test_the_time_is_that_of_all_exporters_together() -> None:
    told = Event()

    def hang() -> None:
        told.wait()

    # With a time for each of them this would take a hundred times as long: five minutes.
    Telemetry(ends=(hang,) * 100).stop()
    told.set()

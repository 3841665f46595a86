"""Work that is done again and again, until it is to end."""

from __future__ import annotations

import threading

from event_service.periodic import Periodic


def test_it_goes_on_until_it_is_stopped() -> None:
    done = threading.Semaphore(0)
    periodic = Periodic(done.release, 0.001, "test")
    periodic.start()
    for _ in range(3):
        done.acquire()
    periodic.stop()
    assert periodic.stopped
    assert "test" not in {thread.name for thread in threading.enumerate()}


def test_a_stop_waits_for_no_pause_and_may_come_twice() -> None:
    periodic = Periodic(lambda: None, 3_600.0, "test")
    periodic.start()
    periodic.stop()
    periodic.stop()


def test_what_was_never_started_can_be_stopped() -> None:
    Periodic(lambda: None, 3_600.0, "test").stop()

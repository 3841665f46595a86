"""Work that is done again and again, until it is to end."""

from __future__ import annotations

import threading

from event_service.stoppable_thread import periodic


def test_it_goes_on_until_it_is_stopped() -> None:
    done = threading.Semaphore(0)
    thread = periodic(done.release, 0.001, "test")
    thread.start()
    for _ in range(3):
        done.acquire()
    thread.stop()
    assert "test" not in {each.name for each in threading.enumerate()}


def test_a_stop_waits_for_no_pause_and_may_come_twice() -> None:
    thread = periodic(lambda: None, 3_600.0, "test")
    thread.start()
    thread.stop()
    thread.stop()


def test_what_was_never_started_can_be_stopped() -> None:
    periodic(lambda: None, 3_600.0, "test").stop()

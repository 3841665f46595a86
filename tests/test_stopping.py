"""Signals are heeded at once, whichever thread they reach."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from event_service.stopping import run_until_stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import EventDict


@dataclass
class Service:
    """Ends when it is told to hurry."""

    told: list[float] = field(default_factory=list)
    running: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        self.running.set()
        self.ended.wait()

    def stop(self, grace_seconds: float) -> None:
        self.told.append(grace_seconds)
        self.stopping.set()
        if grace_seconds == 0:
            self.ended.set()


def to_this_thread(number: int) -> None:
    signal.pthread_kill(threading.get_ident(), number)


def to_the_process(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("send", [to_this_thread, to_the_process])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_signal_is_heeded(send: Callable[[int], None], number: int) -> None:
    service = Service()
    before = signal.getsignal(signal.SIGTERM)

    def signals() -> None:
        assert service.running.wait(30)
        send(number)
        assert service.stopping.wait(30)
        send(number)
        # Whoever has not heard of it by now is told of the end, and fails.
        if not service.ended.wait(30):
            service.ended.set()

    sending = threading.Thread(target=signals)
    sending.start()
    assert run_until_stopped(service, 7.0)
    sending.join()
    assert service.told == [7.0, 0]
    assert signal.getsignal(signal.SIGTERM) == before


def test_why_it_ends_is_told(log: list[EventDict]) -> None:
    service = Service()

    def signals() -> None:
        assert service.running.wait(30)
        to_the_process(signal.SIGINT)
        assert service.stopping.wait(30)
        to_the_process(signal.SIGTERM)

    sending = threading.Thread(target=signals)
    sending.start()
    assert run_until_stopped(service, 7.0)
    sending.join()
    assert [(line["event"], line["signal"]) for line in log] == [
        ("stopping", "SIGINT"),
        ("stopping at once", "SIGTERM"),
    ]


def test_a_second_signal_that_is_none_to_hurry_changes_nothing(log: list[EventDict]) -> None:
    service = Service()

    def signals() -> None:
        assert service.running.wait(30)
        to_the_process(signal.SIGTERM)
        assert service.stopping.wait(30)
        to_the_process(signal.SIGTERM)
        to_the_process(signal.SIGINT)

    sending = threading.Thread(target=signals)
    sending.start()
    assert run_until_stopped(service, 7.0, hurrying={signal.SIGINT})
    sending.join()
    assert service.told == [7.0, 0]
    assert [line["signal"] for line in log] == ["SIGTERM", "SIGINT"]


def test_a_hang_up_that_nohup_has_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    service = Service()

    def signals() -> None:
        assert service.running.wait(30)
        to_the_process(signal.SIGHUP)
        to_the_process(signal.SIGTERM)
        assert service.stopping.wait(30)
        service.ended.set()

    sending = threading.Thread(target=signals)
    sending.start()
    try:
        assert run_until_stopped(service, 7.0)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
        sending.join()
    assert service.told == [7.0]


def test_a_service_that_ends_by_itself() -> None:
    service = Service()
    service.ended.set()
    assert not run_until_stopped(service, 7.0)
    assert service.told == [0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_while_it_is_announced_is_heeded(number: int) -> None:
    service = Service()

    def announce() -> None:
        to_the_process(number)
        to_the_process(number)

    assert run_until_stopped(service, 7.0, announce=announce)
    assert service.told == [7.0, 0]


def test_what_can_not_be_announced_is_ended() -> None:
    service = Service()

    def announce() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_until_stopped(service, 7.0, announce=announce)
    assert service.told == [0]

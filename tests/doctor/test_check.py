"""Checks are bounded in time, and what they did not foresee is not swallowed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from event_service.doctor.check import Check, run
from event_service.doctor.finding import Finding, Mark, exit_status, failure, ok, skipped, warning

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_findings_come_in_order_however_long_each_takes() -> None:
    second_is_done = threading.Event()

    def first() -> Iterator[Finding]:
        assert second_is_done.wait(30)
        yield ok("first", "")

    def second() -> Iterator[Finding]:
        yield ok("second", "")
        second_is_done.set()

    found = list(run([Check("first", first), Check("second", second)], 30))
    assert [each.what for each in found] == ["first", "second"]


def test_one_that_hangs_is_a_failure_and_holds_up_no_other() -> None:
    release = threading.Event()

    def hang() -> Iterator[Finding]:
        release.wait(60)
        yield ok("hangs", "")

    checks = [Check("hangs", hang), Check("other", lambda: [ok("other", "")])]
    # So long has the other one too, in a thread that may come late to it.
    first, second = run(checks, 3)
    release.set()
    assert (first.what, first.mark) == ("hangs", Mark.FAILURE)
    assert "no answer within 3 s" in first.found
    assert second.mark is Mark.OK


@pytest.mark.parametrize("fault", [ZeroDivisionError, TimeoutError])
def test_a_fault_that_was_not_foreseen_is_raised(fault: type[Exception]) -> None:
    def look() -> list[Finding]:
        raise fault

    with pytest.raises(fault):
        list(run([Check("x", look)], 30))


def test_only_failures_are_an_exit_status() -> None:
    assert exit_status([ok("a", ""), warning("b", "", "c"), skipped("d", "")]) == 0
    assert exit_status([ok("a", ""), failure("b", "", "c")]) == 1

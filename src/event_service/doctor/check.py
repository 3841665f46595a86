"""Runs checks side by side, none of them longer than it may take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from event_service.daemon_thread import started
from event_service.doctor.finding import failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from event_service.doctor.finding import Finding


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at. ``look`` gives findings; faults that it expects are among them."""

    what: str
    look: Callable[[], Iterable[Finding]]


def run(checks: Sequence[Check], seconds: float) -> Iterator[Finding]:
    """The findings in the order of the checks, all within so many seconds.

    A check that is not done by then is left behind in its thread and is a failure. A fault that
    it did not expect is raised here.
    """
    ends = time.monotonic() + seconds
    running = [
        (check, started(partial(_findings, check), f"check {check.what}")) for check in checks
    ]
    for check, found in running:
        try:
            yield from found.result(timeout=max(0.0, ends - time.monotonic()))
        except TimeoutError:
            if found.done():
                raise
            yield failure(
                check.what,
                f"no answer within {seconds:g} s",
                "It hangs, or is too slow to be of use. Look at its log and its load, or give it"
                " more time with --timeout.",
            )


def _findings(check: Check) -> Sequence[Finding]:
    return tuple(check.look())

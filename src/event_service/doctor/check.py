"""Runs checks side by side, none of them longer than it may take."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    running = [(check, _started(check)) for check in checks]
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


def _started(check: Check) -> Future[Sequence[Finding]]:
    future: Future[Sequence[Finding]] = Future()

    def look() -> None:
        try:
            found = tuple(check.look())
        except BaseException as fault:  # noqa: BLE001 - raised again by whoever waits
            future.set_exception(fault)
        else:
            future.set_result(found)

    threading.Thread(target=look, name=f"check {check.what}", daemon=True).start()
    return future

"""Processes that the tests kill, and the wait for their end."""

import os
import select
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

import pytest

DEADLINE_SECONDS = 30.0

Watch = Callable[[Iterable[int]], Callable[[], None]]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """``watch(pids)`` before they are killed gives the function that waits until all have ended.

    They need not be children of ours, and no later process with the same id is mistaken for one.
    """
    with ExitStack() as closing:

        def begin(pids: Iterable[int]) -> Callable[[], None]:
            files = [closing.enter_context(os.fdopen(os.pidfd_open(pid))) for pid in pids]

            def wait() -> None:
                for file in files:
                    ended, _, _ = select.select([file], [], [], DEADLINE_SECONDS)
                    assert ended, "a process goes on that should have ended"

            return wait

        yield begin

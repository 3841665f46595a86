"""Threads for what blocks, so that the event loop never does."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from event_service.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Result = TypeVar("_Result")

_WAITING_PER_THREAD: Final = 8


class Workers:
    """Does what calls ask for in a few threads. A place and its work belong to the event loop."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self._places = threads * (1 + _WAITING_PER_THREAD)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one call, from before its body is in memory to its end.

        Raises Unavailable when there is none.
        """
        if self._places == 0:
            raise Unavailable("Too many calls at once. Nothing was changed; try again.")
        self._places -= 1
        try:
            yield
        finally:
            self._places += 1

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """What ``work`` gives, from a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Take no more work; what a thread still does ends when it is done."""
        self._pool.shutdown(wait=False, cancel_futures=True)

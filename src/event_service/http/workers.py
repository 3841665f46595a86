"""Threads for what blocks, so that the event loop never does."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from event_service.admission.places import Places

_Result = TypeVar("_Result")


class Workers:
    """Does what calls ask for in a few threads. A place and its work belong to the event loop."""

    def __init__(self, places: Places) -> None:
        self._pool = ThreadPoolExecutor(places.threads, thread_name_prefix="http")
        self._places = places
        self._taken = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one call, from before its body is in memory to its end.

        Raises QuotaExceeded when there is none.
        """
        if self._taken >= self._places.all:
            raise self._places.none_left()
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """What ``work`` gives, from a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Take no more work; what a thread still does ends when it is done."""
        self._pool.shutdown(wait=False, cancel_futures=True)

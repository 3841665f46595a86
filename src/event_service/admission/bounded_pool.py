"""A thread pool that knows how many calls it has, so that its queue can be kept short."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_service.admission.places import Places

_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


class BoundedPool(ThreadPoolExecutor):
    """Counts from ``submit`` to the end of what was submitted, however that ends.

    It refuses nothing by itself: grpcio takes what ``submit`` raises for the end of its server.
    Whoever submits asks ``full`` first. A call whose caller went away while it waited keeps its
    place until its turn comes, which costs nothing then.
    """

    def __init__(self, places: Places, name: str) -> None:
        super().__init__(places.threads, thread_name_prefix=name)
        self.places = places
        self._counting = threading.Lock()
        self._calls = 0

    @property
    def full(self) -> bool:
        """True if no further call may come in."""
        return self._calls >= self.places.all

    @property
    def waiting(self) -> int:
        """Calls that wait for a thread."""
        return max(0, self._calls - self.places.threads)

    def submit(
        self, fn: Callable[_Params, _Result], /, *args: _Params.args, **kwargs: _Params.kwargs
    ) -> Future[_Result]:
        """As that of the standard library, and counted."""
        future = super().submit(fn, *args, **kwargs)
        with self._counting:
            self._calls += 1
        # Called at once if it is done already, and also when the future is cancelled.
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: Future[_Result]) -> None:
        with self._counting:
            self._calls -= 1

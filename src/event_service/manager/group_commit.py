"""Group commit: many callers' work done in one go, by one of them at a time.

Who comes while nothing is under way does its own work at once, without a word to another thread.
Who comes meanwhile waits; when the work under way is done, the first of those who wait does the
work of all of them. So the more callers there are, the more of them one round of store calls
serves, and nobody waits for a batch to fill.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from event_service.admission.presence import always_there, caller_gone
from event_service.errors import DeadlineExceeded, Unavailable
from event_service.store_clients import is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from event_service.admission.presence import Gone

T = TypeVar("T")
R = TypeVar("R")
_T_contra = TypeVar("_T_contra", contravariant=True)
_R_co = TypeVar("_R_co", covariant=True)

_OF_ALL = (Unavailable, DeadlineExceeded)
"""Faults that no item can be to blame for."""
_LEAST_SHARE = 0.1
"""Of the time for a batch, what is left to it however long its callers have waited."""


class Work(Protocol[_T_contra, _R_co]):
    """What is done for a batch."""

    def __call__(
        self, items: Sequence[_T_contra], seconds: float, /
    ) -> Sequence[_R_co | Exception]:
        """For each item an answer or its fault. A fault that is raised is every item's.

        ``seconds`` is how long it may take.
        """
        ...


class _Waiting(Generic[T, R]):
    """A caller with its item, and the answer once it is there."""

    __slots__ = ("answer", "came_at", "gone", "item", "size", "wake")

    def __init__(self, item: T, size: int, gone: Gone) -> None:
        self.item = item
        self.size = size
        self.gone = gone
        self.came_at = time.monotonic()
        self.wake = threading.Lock()
        self.wake.acquire()
        self.answer: tuple[R | Exception] | None = None

    def result(self) -> R:
        """The answer, once. Raises it if it is a fault.

        Nothing here holds that fault then: it holds the frames that it came through, and with them
        whatever the callers have brought.
        """
        (answer,), self.answer = cast("tuple[R | Exception]", self.answer), None
        try:
            if isinstance(answer, Exception):
                raise answer
            return answer
        finally:
            del answer


class GroupCommit(Generic[T, R]):
    """Does ``work`` for as many callers at once as there are. Any thread may call."""

    def __init__(
        self,
        work: Work[T, R],
        seconds: float,
        most: int,
        told: Callable[[int], None] = lambda _taken: None,
    ) -> None:
        """``seconds`` is how long a caller's work may take, with the wait for it; ``most`` how
        much one batch takes, in the sizes that callers name (at least one caller's). ``told``
        hears of each batch: of how many callers it is.
        """
        self._told = told
        self._work = work
        self._seconds = seconds
        self._most = most
        self._lock = threading.Lock()
        self._busy = False
        self._queue: deque[_Waiting[T, R]] = deque()

    def do(self, item: T, size: int = 1, gone: Gone = always_there) -> R:
        """The answer for the item. Raises its fault, or what the batch it was in raised.

        Not started, and CallerGone, when ``gone()`` says that nobody awaits the answer.
        """
        waiting: _Waiting[T, R] = _Waiting(item, size, gone)
        with self._lock:
            if leads := not self._busy:
                self._busy = True
            else:
                self._queue.append(waiting)
        if not leads:
            waiting.wake.acquire()  # until it is answered, or is to lead the next batch
        if waiting.answer is None:
            self._lead(waiting)
        return waiting.result()

    @property
    def waiting(self) -> int:
        """How many callers wait for their batch right now."""
        return len(self._queue)

    def _lead(self, leader: _Waiting[T, R]) -> None:
        batch = self._batch(leader)
        try:
            self._told(len(batch))
            self._answer(batch)
        finally:
            self._hand_over()
            for one in batch[1:]:
                one.wake.release()

    def _batch(self, leader: _Waiting[T, R]) -> list[_Waiting[T, R]]:
        batch, size = [leader], leader.size
        with self._lock:
            while self._queue and size + self._queue[0].size <= self._most:
                one = self._queue.popleft()
                batch.append(one)
                size += one.size
        return batch

    def _hand_over(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().wake.release()
            else:
                self._busy = False

    def _answer(self, batch: list[_Waiting[T, R]]) -> None:
        awaited = []
        for one in batch:
            if one.gone():
                one.answer = (caller_gone(),)
            else:
                awaited.append(one)
        if awaited:
            self._try(awaited)
        for place, one in enumerate(awaited):
            # One of them can't be done: it is not to take the others with it.
            if one.answer is None:
                self._try([one], awaited[place + 1 :])

    def _try(self, batch: Sequence[_Waiting[T, R]], later: Sequence[_Waiting[T, R]] = ()) -> None:
        """Do their work; where one of several is to blame they are left without an answer.

        They stand in the order in which they came, and before those ``later``.
        """
        waited = time.monotonic() - batch[0].came_at
        seconds = max(self._seconds - waited, self._seconds * _LEAST_SHARE)
        try:
            answers = self._work([one.item for one in batch], seconds)
        except Exception as fault:  # noqa: BLE001  # each caller raises it, in its own thread
            if _is_of_all(fault):
                # Each would wait for it after the others, until long after its time.
                _give(fault, (*batch, *later))
            elif len(batch) == 1:
                _give(fault, batch)
            return
        for one, answer in zip(batch, answers, strict=True):
            one.answer = (answer,)


def _is_of_all(fault: Exception) -> bool:
    return isinstance(fault, _OF_ALL) or is_out_of_reach(fault)


def _give(fault: Exception, batch: Iterable[_Waiting[T, R]]) -> None:
    for one in batch:
        one.answer = (fault,)

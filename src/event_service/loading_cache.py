"""A bounded cache of answers that cost a call to somebody else."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from event_service.errors import Unavailable
from event_service.lane import Lane, LaneFull
from event_service.lru_dict import LruDict

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long answers are good for, in seconds, and how many are kept.

    ``found`` and ``absent``: an answer, and the answer that there is none. ``stale``: how much
    longer an answer is used while no newer one can be had. ``retry``: how soon a key may be asked
    for again before its time or after a failure, ``failed`` the same when there is no answer to
    fall back on.
    """

    found: float = 600.0
    absent: float = 10.0
    stale: float = 3000.0
    retry: float = 10.0
    failed: float = 2.0
    capacity: int = 10_000


@dataclass(frozen=True, slots=True)
class _Answer(Generic[V]):
    value: V | None
    loaded_at: float
    tried_at: float
    fault: str | None = None

    def give(self) -> V | None:
        if self.fault is not None:
            raise Unavailable(self.fault)
        return self.value


class LoadingCache(Generic[K, V]):
    """Asks ``load`` for what it doesn't have, once however many threads want it.

    ``load`` returns None for what doesn't exist, raises Unavailable when it can't tell, and must
    come back in bounded time. ``clock`` gives seconds that never run backwards. ``lane`` keeps
    those who wait for what others have asked for few while it is slow: one name that many ask for
    must not hold every thread. What more there is goes by what was known before, or is Unavailable.
    """

    def __init__(
        self,
        load: Callable[[K], V | None],
        lifetimes: Lifetimes | None = None,
        clock: Callable[[], float] = time.monotonic,
        lane: Lane | None = None,
    ) -> None:
        self._load = load
        self._lifetimes = lifetimes or Lifetimes()
        self._clock = clock
        self._lane = lane or Lane()
        self._lock = Lock()
        # Kept apart, so that a flood of made-up keys can't push the real ones out.
        self._found: LruDict[K, _Answer[V]] = LruDict(self._lifetimes.capacity)
        self._absent: LruDict[K, _Answer[V]] = LruDict(self._lifetimes.capacity)
        self._flights: dict[K, Future[_Answer[V]]] = {}

    def get(self, key: K) -> V | None:
        """The value of ``key``, None if it has none. Raises Unavailable."""
        now = self._clock()
        with self._lock:
            answer = self._recall(key)
            if answer is not None and self._good(answer, now):
                return answer.give()
            flight, leads = self._join(key)
            if not leads and answer is not None and self._usable(answer, now):
                return answer.give()
        return self._land(key, flight, leads=leads)

    def renew(self, key: K) -> V | None:
        """As ``get``, but asked for anew unless that was just done. Raises Unavailable."""
        now = self._clock()
        with self._lock:
            answer = self._recall(key)
            if answer is not None and self._recent(answer, now):
                return answer.give()
            flight, leads = self._join(key)
        return self._land(key, flight, leads=leads)

    def __len__(self) -> int:
        with self._lock:
            return len(self._found) + len(self._absent)

    def _good(self, answer: _Answer[V], now: float) -> bool:
        if answer.fault is not None:
            return now - answer.tried_at < self._lifetimes.failed
        if answer.value is None:
            return now - answer.loaded_at < self._lifetimes.absent
        if now - answer.loaded_at < self._lifetimes.found:
            return True
        just_failed = answer.loaded_at < answer.tried_at > now - self._lifetimes.retry
        return just_failed and self._usable(answer, now)

    def _recent(self, answer: _Answer[V], now: float) -> bool:
        if answer.value is None:
            return self._good(answer, now)
        return now - answer.tried_at < self._lifetimes.retry

    def _usable(self, answer: _Answer[V], now: float) -> bool:
        age = now - answer.loaded_at
        return answer.value is not None and age < self._lifetimes.found + self._lifetimes.stale

    def _recall(self, key: K) -> _Answer[V] | None:
        return self._found.use(key) or self._absent.use(key)

    def _join(self, key: K) -> tuple[Future[_Answer[V]], bool]:
        flight = self._flights.get(key)
        if flight is not None:
            return flight, False
        flight = self._flights[key] = Future()
        return flight, True

    def _land(self, key: K, flight: Future[_Answer[V]], *, leads: bool) -> V | None:
        if leads:
            try:
                answer = self._ask(key)
            except BaseException as fault:  # whoever waits for the same answer must hear of it
                with self._lock:
                    del self._flights[key]
                flight.set_exception(fault)
                raise
            with self._lock:
                self._keep(key, answer)
                del self._flights[key]
            flight.set_result(answer)
            return answer.give()
        try:
            with self._lane.held():
                return flight.result().give()
        except LaneFull:
            with self._lock:
                last = self._recall(key)
            if last is not None and self._usable(last, self._clock()):
                return last.give()
            raise Unavailable("Many wait for the same answer, which is slow to come.") from None

    def _ask(self, key: K) -> _Answer[V]:
        try:
            value = self._load(key)
        except Unavailable as fault:
            now = self._clock()
            with self._lock:
                last = self._recall(key)
            if last is not None and self._usable(last, now):
                _log.warning("answer from before used on", fault=fault.message)
                return replace(last, tried_at=now)
            return _Answer(None, loaded_at=now, tried_at=now, fault=fault.message)
        now = self._clock()
        return _Answer(value, loaded_at=now, tried_at=now)

    def _keep(self, key: K, answer: _Answer[V]) -> None:
        self._found.pop(key, None)
        self._absent.pop(key, None)
        answers = self._absent if answer.value is None else self._found
        answers[key] = answer

"""Whether Redis is worth asking just now."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

from event_service.metrics.stores import store_answered, store_failed
from event_service.store_clients import REDIS_FAULTS, first_clause
from event_service.tracing.spans import store_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_log = structlog.get_logger(__name__)

_CALM_SECONDS: Final = 10.0
"""How long nothing must have failed until that is told. A full Redis does some things and refuses
others, again and again."""


class RedisGate:
    """Keeps calls from waiting, one after the other, for a Redis that doesn't answer.

    After a fault the gate stays shut for ``pause`` seconds; then one caller in every ``pause`` may
    try again, until one of them gets an answer. What a caller does while it is shut is the caller's
    affair: the dedup asks the database instead (CONTRACT 4.5).
    """

    def __init__(self, pause: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._shut = False
        self._next_try = 0.0
        self._failed_at = 0.0
        self._told = False

    @property
    def is_shut(self) -> bool:
        """True while nobody may ask Redis: what one would ask need not be made ready."""
        return self._shut and self._clock() < self._next_try

    def enter(self) -> bool:
        """True if the caller may ask Redis now."""
        if not self._shut:
            return True
        with self._lock:
            now = self._clock()
            if self._shut and now < self._next_try:
                return False
            self._next_try = now + self._pause
            return True

    @contextmanager
    def call(self, operation: str) -> Iterator[None]:
        """Surround one call to Redis: learns from its outcome, lets ``REDIS_FAULTS`` pass.

        ``operation`` is what it is for, one of ``metrics.names.OPERATIONS``.
        """
        began = time.perf_counter()
        try:
            yield
        except REDIS_FAULTS as error:
            store_failed("redis", operation)
            store_span("redis", operation, time.perf_counter() - began, failed=True)
            with self._lock:
                now = self._clock()
                self._shut = True
                self._next_try = now + self._pause
                self._failed_at = now
                first, self._told = not self._told, True
            if first:
                _log.warning(
                    "redis does not answer or refuses; the database decides",
                    fault=first_clause(error),
                )
            raise
        seconds = time.perf_counter() - began
        store_answered("redis", operation, seconds)
        store_span("redis", operation, seconds)
        if self._told:
            self._see_whether_it_is_over()

    def _see_whether_it_is_over(self) -> None:
        with self._lock:
            self._shut = False
            over = self._told and self._clock() - self._failed_at >= _CALM_SECONDS
            if over:
                self._told = False
        if over:
            _log.info("redis answers again")

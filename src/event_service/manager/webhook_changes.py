"""Tells every process that a webhook changed, and hears it from the others (CONTRACT 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from event_service.stoppable_thread import StoppableThread
from event_service.store_clients import REDIS_FAULTS

if TYPE_CHECKING:
    import threading

    from event_service.manager.webhook_cache import WebhookCache
    from event_service.store_clients import RedisClient

CHANNEL = "event-service:webhook"

_FAULTS = (*REDIS_FAULTS, OSError)
_POLL_SECONDS = 0.2
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0

_log = structlog.get_logger(__name__)


def publish_change(redis: RedisClient, webhook_id: str) -> None:
    """Tell every process. Call it after the change stands in the database.

    A message that can't be sent is logged and not an error: the change is made, and the age limit
    of the caches makes it known a moment later.
    """
    try:
        redis.publish(CHANNEL, webhook_id)
    except _FAULTS as fault:
        _log.warning(
            "change not announced, caches follow by age",
            webhook_id=webhook_id,
            fault=type(fault).__name__,
        )


class WebhookChanges:
    """A thread that hears of changes and takes what changed out of the cache.

    The cache is attached exactly while the subscription stands: each confirmation of it, also
    after the client reconnected by itself, attaches anew and so clears it.
    """

    def __init__(self, redis: RedisClient, cache: WebhookCache) -> None:
        """Nothing runs, and the cache stays unused, until ``start``."""
        self._redis = redis
        self._cache = cache
        self._pause = _SHORTEST_PAUSE
        self._thread = StoppableThread(self._run, "webhook-changes")

    def start(self) -> None:
        """Subscribe in the background; a Redis that is down is tried again for ever."""
        self._thread.start()

    def stop(self) -> None:
        """Unsubscribe and wait for the thread. The cache is unused from here on."""
        self._thread.stop()

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._listen(stopping)
            # Whoever publishes bytes that are no text ends the subscription, not the thread.
            except (*_FAULTS, UnicodeDecodeError) as fault:
                if self._pause == _SHORTEST_PAUSE:
                    _log.warning("changes of webhooks are not heard", fault=type(fault).__name__)
                stopping.wait(self._pause)
                self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _listen(self, stopping: threading.Event) -> None:
        pubsub = self._redis.pubsub()  # type: ignore[no-untyped-call]
        try:
            pubsub.subscribe(CHANNEL)
            while not stopping.is_set():
                message = pubsub.get_message(timeout=_POLL_SECONDS)
                if message is not None:
                    self._hear(message)
        finally:
            # Before closing, which may take as long as a dead socket lets it.
            self._cache.detach()
            pubsub.close()

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._cache.attach()
            self._pause = _SHORTEST_PAUSE
            _log.info("changes of webhooks are heard")
        elif message["type"] == "message":
            self._cache.forget(message["data"])

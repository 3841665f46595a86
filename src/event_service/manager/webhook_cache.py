"""Webhooks that this process read lately, so that an event costs no read of its webhook.

Stale entries are dangerous here: a disabled webhook or a rotated key must stop working at once
on every process (CONTRACT 3.2). Three rules keep them out:

- Entries are used only while changes are heard of (``attach`` to ``detach``); otherwise every
  lookup goes to the database. Attaching clears what is there, since changes may have been missed.
- What was read before a change may be stored only if no change came in between: a reader takes a
  ticket first, and any change makes all older tickets void.
- An entry is used for a short time only, which heals a lost message.

There are no negative entries: what is refused is refused by the database.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from event_service.lru_dict import LruDict

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_service.manager.access_key import Credential
    from event_service.manager.webhook import Webhook

_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class KnownWebhook:
    """A webhook together with what checks its key."""

    webhook: Webhook
    credential: Credential


class WebhookCache:
    """A bounded, least recently used cache by webhook_id. Safe for many threads."""

    def __init__(
        self,
        age_limit: float,
        *,
        most_entries: int = _MOST_ENTRIES,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``age_limit`` in seconds; 0 turns the cache off. ``clock`` counts seconds, steadily."""
        self._age_limit = age_limit
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: LruDict[str, tuple[float, KnownWebhook]] = LruDict(most_entries)
        self._generation = 0
        self._attached = False

    def attach(self) -> None:
        """From here on changes are heard of; those before may have been missed."""
        with self._lock:
            self._void()
            self._attached = True

    def detach(self) -> None:
        """Changes are no longer heard of: use nothing, keep nothing."""
        with self._lock:
            self._void()
            self._attached = False

    def forget(self, webhook_id: str) -> None:
        """The webhook changed."""
        with self._lock:
            self._generation += 1
            self._entries.pop(webhook_id, None)

    def get(self, webhook_id: str) -> KnownWebhook | None:
        """The webhook, if it is known and young enough."""
        with self._lock:
            entry = self._entries.use(webhook_id)
            if entry is None:
                return None
            read_at, known = entry
            return known if self._clock() - read_at < self._age_limit else None

    def ticket(self) -> int:
        """Taken before the database is read; ``put`` wants it back."""
        with self._lock:
            return self._generation

    def put(self, known: KnownWebhook, ticket: int) -> None:
        """Store what was read, unless something changed since the ticket was taken."""
        with self._lock:
            if not self._attached or ticket != self._generation:
                return
            self._entries[known.webhook.webhook_id] = (self._clock(), known)

    def _void(self) -> None:
        self._generation += 1
        self._entries.clear()

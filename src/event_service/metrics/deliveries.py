"""What webhooks deliver: events and what became of them, batches, alerts, calls of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.draft import EventType, Severity
from event_service.metrics.instruments import (
    ALERTS,
    ALERTS_OPEN,
    BATCH_SIZE,
    DEDUP_ANSWERS,
    EVENTS,
    PLUGIN_CALLS,
    PLUGIN_SECONDS,
    QUEUE_DEPTH,
    Children,
)
from event_service.metrics.names import CHANGES, ORIGINS, OUTCOMES, PLUGIN_OUTCOMES, QUEUES, known
from event_service.metrics.tally import TALLY

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVENT_TYPES: Final = frozenset(EventType)
_SEVERITIES: Final = frozenset(Severity)

PLUGIN: Final = "plugin"
"""The source of what a plugin read that is not built in."""
UNREAD: Final = "unread"
"""The source of what nobody could read (CONTRACT 3.4)."""

_sources: set[str] = {PLUGIN, UNREAD}


def sources_installed(names: Iterable[str]) -> None:
    """The names of the parsers that there are: any other source counts as ``other``."""
    _sources.update(names)


def event_done(source: str, event_type: str, severity: str, outcome: str, count: int = 1) -> None:
    """So many events of that kind were recorded, repeated or dropped (``delivery.Outcome``)."""
    child = _events.get((source, event_type, severity, outcome))
    if child is None:
        child = _events_of(source, event_type, severity, outcome)
    TALLY.count(child, count)


def dedup_answered(origin: str, count: int = 1) -> None:
    """So many deliveries were told from news by redis, the database or their batch."""
    TALLY.count(_dedup[known(origin, ORIGINS)], count)


def batch_taken(queue: str, size: int) -> None:
    """A batch of that many calls was taken from the queue (create, settle, get)."""
    TALLY.observe(_sizes[known(queue, QUEUES)], size)


def queued(queue: str, depth: int) -> None:
    """So many calls wait in the queue (create, settle, get) now."""
    TALLY.level(_depths[known(queue, QUEUES)], depth)


def alert_changed(change: str, count: int = 1) -> None:
    """So many alerts were opened or resolved."""
    TALLY.count(_changes[known(change, CHANGES)], count)


def alerts_open(count: int) -> None:
    """So many alerts of the database are open, whoever opened them."""
    ALERTS_OPEN.set(count)


def plugin_answered(outcome: str, seconds: float) -> None:
    """A plugin has answered, refused or failed, after so long."""
    TALLY.count(_plugin_calls[known(outcome, PLUGIN_OUTCOMES)])
    TALLY.observe(PLUGIN_SECONDS, seconds)


def plugin_skipped() -> None:
    """A plugin was not asked: it did not answer lately."""
    TALLY.count(_plugin_calls["skipped"])


def _events_of(source: str, event_type: str, severity: str, outcome: str) -> Any:
    # What is no label must not be kept as a key either.
    return _events[
        known(source, _sources),
        known(event_type, _EVENT_TYPES),
        known(severity, _SEVERITIES),
        known(outcome, OUTCOMES),
    ]


_events: Final = Children(lambda key: EVENTS.labels(*(str(part) for part in key)))
_dedup: Final = Children(DEDUP_ANSWERS.labels, ORIGINS)
_sizes: Final = Children(BATCH_SIZE.labels)
_depths: Final = Children(QUEUE_DEPTH.labels)
_changes: Final = Children(ALERTS.labels, CHANGES)
_plugin_calls: Final = Children(PLUGIN_CALLS.labels, PLUGIN_OUTCOMES)

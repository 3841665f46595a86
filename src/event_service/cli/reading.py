"""What a body would become, without a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.normalise import failure_draft, normalise
from event_service.parsers.registry import AUTO
from event_service.parsers.seam import ParseFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.draft import EventDraft
    from event_service.parsers.registry import ParserRegistry

_WEBHOOK_ID = "webhook-000000000000"
_WEBHOOK_NAME = "parse"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body would become: events, and what of it was left out or not understood."""

    source: str | None
    events: tuple[EventDraft, ...]
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read(registry: ParserRegistry, source: str | None, body: Mapping[str, Any]) -> Reading:
    """What a webhook with or without that plugin would record of the body (CONTRACT 3.3, 3.4)."""
    name = None if source == AUTO else source
    try:
        if name is None and body:
            name = registry.source_of(body).name
        results = registry.parse(name, body, {})
    except ParseFailure as failure:
        return Reading(name, (_failed(failure),), (failure.reason,))
    events: list[EventDraft] = []
    failures: list[str] = []
    notes: list[str] = []
    for result in results:
        try:
            normalised = normalise(result)
        except ParseFailure as failure:
            events.append(_failed(failure))
            failures.append(failure.reason)
            continue
        events.append(normalised.draft)
        notes.extend(normalised.notes)
    return Reading(name, tuple(events), tuple(failures), tuple(notes))


def _failed(failure: ParseFailure) -> EventDraft:
    return failure_draft(_WEBHOOK_ID, _WEBHOOK_NAME, failure.reason)

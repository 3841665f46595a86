"""What a body would become, without a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.normalise import failure_draft
from event_service.parsers.registry import AUTO
from event_service.parsers.seam import ParseFailure
from event_service.understanding import understand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.draft import EventDraft
    from event_service.parsers.registry import ParserRegistry

_WEBHOOK_ID = "webhook-000000000000"
_WEBHOOK_NAME = "parse"


@dataclass(frozen=True, slots=True)
class Preview:
    """The events of a body, and what of it was left out or not understood."""

    source: str | None
    events: Sequence[EventDraft]
    failures: Sequence[str] = ()
    notes: Sequence[str] = ()


def preview_of(registry: ParserRegistry, source: str | None, body: Mapping[str, Any]) -> Preview:
    """What a webhook with or without that plugin would record of the body (CONTRACT 3.3, 3.4).

    Raises TooLarge for more events than a body may have.
    """
    name = None if source == AUTO else source
    try:
        if name is None and body:
            name = registry.source_of(body).name
        results = registry.read(name, body, {}).results
    except ParseFailure as failure:
        draft = failure_draft(_WEBHOOK_ID, _WEBHOOK_NAME, failure.reason)
        return Preview(name, (draft,), (failure.reason,))
    drafts, failures, notes = understand(results, _WEBHOOK_ID, _WEBHOOK_NAME)
    return Preview(name, drafts, failures, notes)

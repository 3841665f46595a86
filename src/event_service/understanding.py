"""The events of a whole body: each of its results stands alone (CONTRACT 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from event_service.errors import TooLarge
from event_service.normalise import failure_draft, normalise
from event_service.parsers.seam import MOST_RESULTS, ParseFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.draft import EventDraft


class Understood(NamedTuple):
    """The events of a body, in its order, and why some of them only say that something failed.

    ``notes`` are those of ``normalise.Normalised``.
    """

    drafts: Sequence[EventDraft]
    failures: Sequence[str] = ()
    notes: Sequence[str] = ()


def understand(results: Sequence[object], webhook_id: str, webhook_name: str) -> Understood:
    """The events that the raw results of a body are, each on its own (CONTRACT 3.4).

    Raises TooLarge for more than a body may have.
    """
    if len(results) > MOST_RESULTS:
        raise TooLarge("events of one request", MOST_RESULTS)
    drafts: list[EventDraft] = []
    failures: list[str] = []
    notes: list[str] = []
    for result in results:
        try:
            normalised = normalise(result)
        except ParseFailure as failure:
            drafts.append(failure_draft(webhook_id, webhook_name, failure.reason))
            failures.append(failure.reason)
            continue
        drafts.append(normalised.draft)
        notes += normalised.notes
    return Understood(drafts, failures, notes)

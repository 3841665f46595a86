"""How large an event may be: what no document holds is refused before anything of it is written.

Found out by the database, it would fail others whose events are written in the same batch, and
leave an alert without its event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bson

from event_service.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from event_service.draft import EventDraft

_DOCUMENT_BYTES = 16 * 1024 * 1024
_OWN_BYTES = 512 * 1024
"""Room for the ids, times and names of the fields, and for what marks a sender's keys."""


def check_sizes(raw_data: Mapping[str, Any], drafts: Iterable[EventDraft]) -> None:
    """Raises TooLarge when one of the events of a body does not fit into a document with it."""
    body = len(bson.encode(raw_data))
    for draft in drafts:
        texts = [draft.event_key, draft.title, draft.description, draft.rule, draft.image_url]
        texts += [draft.provider, draft.account, *draft.resources]
        own = bson.encode({"texts": texts, "additional_info": draft.additional_info})
        if body + len(own) + _OWN_BYTES > _DOCUMENT_BYTES:
            raise TooLarge("bytes of one event with its body", _DOCUMENT_BYTES - _OWN_BYTES)

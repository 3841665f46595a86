"""How large an event may be: what no document holds is refused before anything of it is written.

Found out by the database, it would fail others whose events are written in the same batch, and
leave an alert without its event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.document_size import MOST_DOCUMENT_BYTES
from event_service.errors import TooLarge

if TYPE_CHECKING:
    from bson.raw_bson import RawBSONDocument

    from event_service.draft import EventDraft

_OWN_BYTES = 512 * 1024
"""Room for the ids, times and names of the fields."""
_MEMBER_BYTES = 14
"""What a resource takes beside its text: in an event, where it is a member of a list,"""
_NAMED_BYTES = 25
"""and in an alert, where it is a document with a name."""


def check_size(raw_data: RawBSONDocument, draft: EventDraft, info: RawBSONDocument) -> None:
    """Raises TooLarge when an event with its body, or the alert that it opens, fits into none."""
    texts = (draft.event_key, draft.title, draft.description, draft.rule, draft.image_url)
    more = (draft.provider, draft.account, *draft.resources)
    said = len("".join(filter(None, (*texts, *more))).encode("utf-8", "surrogatepass"))
    number = len(draft.resources)
    event = len(raw_data.raw) + number * _MEMBER_BYTES
    alert = number * _NAMED_BYTES
    if max(event, alert) + len(info.raw) + said + _OWN_BYTES > MOST_DOCUMENT_BYTES:
        raise TooLarge("bytes of one event with its body", MOST_DOCUMENT_BYTES - _OWN_BYTES)

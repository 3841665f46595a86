"""Whether an event says anything new: a digest of what CONTRACT 4.4 compares."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from event_service.draft import EventDraft

_encoded = json.JSONEncoder(separators=(",", ":")).encode


def fingerprint(draft: EventDraft, info: bytes | memoryview) -> str:
    """32 hex digits over the fields of CONTRACT 4.4.

    ``info`` is the additional_info as the database has it. Two that say the same are the same
    bytes, since ``plain_text.trimmed_object`` puts keys in order and makes every number a double.
    event_key and occurred_at are no part of it.
    """
    texts = _encoded(
        [
            draft.event_type,
            draft.severity,
            draft.title,
            draft.description,
            draft.rule,
            draft.resources,
            draft.provider,
            draft.account,
            draft.image_url,
        ]
    )
    digest = blake2b(texts.encode("ascii"), digest_size=16)
    digest.update(info)
    return digest.hexdigest()

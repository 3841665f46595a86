"""Whether an event says anything new: a digest of what CONTRACT 4.4 compares."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from event_service.draft import EventDraft

_LARGEST = 2**1023
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def fingerprint(draft: EventDraft) -> str:
    """32 hex digits over the fields of CONTRACT 4.4.

    The same for any order of keys in additional_info and any spelling of a number (10, 10.0).
    event_key and occurred_at are no part of it.
    """
    content = _canonical(
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
            _numbers_alike(draft.additional_info),
        ]
    )
    return blake2b(content.encode("ascii"), digest_size=16).hexdigest()


def _numbers_alike(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is bool:
        return value
    if kind is int:
        # An integer that no double equals keeps its own digits.
        return float(value) if abs(value) < _LARGEST and float(value) == value else value
    if kind is float:
        return value + 0.0  # -0.0 and 0.0 are one number
    if isinstance(value, Mapping):
        return {
            key: member if type(member) is str else _numbers_alike(member)
            for key, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [_numbers_alike(member) for member in value]
    return value

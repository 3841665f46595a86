"""Event keys for senders that give none which stays the same from firing to resolved."""

import json
from hashlib import md5, sha256

from event_service.parsers.reading import text


def derived_key(*parts: object) -> str | None:
    """32 hex digits over what the event is about; None when no part has a text.

    A part's place counts, so that ``("a", None)`` and ``(None, "a")`` are two keys.
    """
    said = [text(part) for part in parts]
    if not any(said):
        return None
    return sha256(json.dumps(said).encode("ascii")).hexdigest()[:32]


def plugin_key(*parts: str) -> str:
    """The key that SpaceONE's own plugins make of the same parts: 32 hex digits.

    An alert that began with such a plugin must end with the parser that replaces it.
    """
    joined = ":".join(parts).encode(errors="replace")
    return md5(joined, usedforsecurity=False).hexdigest()

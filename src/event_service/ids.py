"""Ids of what the service makes (CONTRACT 3.6)."""

from __future__ import annotations

import secrets

_RANDOM_BYTES = 6


def new_id(kind: str) -> str:
    """A new id: ``kind``, a dash and 12 random hex digits, for example ``event-0123456789ab``."""
    return f"{kind}-{secrets.token_hex(_RANDOM_BYTES)}"

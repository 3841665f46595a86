"""``Authorization: Bearer ...`` (RFC 6750)."""

from __future__ import annotations

from typing import Final

_SCHEME: Final = "bearer "


def bearer_of(authorization: str) -> str:
    """The credential in such a header; empty for any other one."""
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        return ""
    return authorization[len(_SCHEME) :].strip()

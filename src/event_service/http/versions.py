"""Paths with a version in them are served without it too: so the console's backend spells them."""

from __future__ import annotations

from typing import Final

_VERSION: Final = "/v1/"


def spellings(path: str) -> tuple[str, ...]:
    """The path, and the same without its version."""
    return tuple(dict.fromkeys((path, path.replace(_VERSION, "/", 1))))

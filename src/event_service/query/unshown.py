"""Names in a row that only its order needs: no caller sees one, and none is a caller's."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


def unshown_name(taken: Container[str]) -> str:
    """A name that is none of those ``taken``."""
    return next(name for at in count() if (name := f"__order_{at}") not in taken)

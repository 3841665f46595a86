"""A clock that fails in calls, and nowhere else: a fault that nobody foresaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.instants import utc_now
from event_service.under_way import current

if TYPE_CHECKING:
    from datetime import datetime

WORDS = "words that no caller may see"


def faulty_clock() -> datetime:
    """The time. Raises RuntimeError while a call is answered."""
    if current() is not None:
        raise RuntimeError(WORDS)
    return utc_now()

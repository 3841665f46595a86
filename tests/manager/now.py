"""A clock of instants that a test sets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from event_service.instants import utc_now

if TYPE_CHECKING:
    from datetime import datetime


class Now:
    """Starts at the hour of the machine, and goes on by a millisecond each time it is asked."""

    def __init__(self) -> None:
        self.at = utc_now()

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

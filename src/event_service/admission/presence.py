"""Whether anybody still waits for an answer: work whose caller has gone is not started."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from event_service.errors import CallerGone
from event_service.metrics.calls import refused

Gone: TypeAlias = Callable[[], bool]
"""True once nobody waits any longer: the deadline has passed, or the caller hung up. Cheap, and
fit for any thread."""


def always_there() -> bool:
    """The Gone of a caller who can't go."""
    return False


def start_only_for(gone: Gone) -> None:
    """To be called before work that can't be taken back. Raises CallerGone."""
    if gone():
        raise caller_gone()


def caller_gone() -> CallerGone:
    """What a call ends with whose work is not started; counted as refused."""
    refused("deadline")
    return CallerGone()

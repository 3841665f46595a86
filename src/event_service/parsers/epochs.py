"""Instants that senders give as numbers, as ISO 8601 texts for ``occurred_at``."""

from event_service import instants
from event_service.bodies.plain_text import from_scalar

_FIRST_NANOSECOND = 10**17
_FIRST_MICROSECOND = 10**14
_FIRST_MILLISECOND = 10**11
_LONGEST = 40


def from_epoch(value: object) -> str | None:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, as a number or its text.

    The unit follows from the size: seconds up to the year 5138. None for 0, which senders write
    for a time that was never set, for what is no number, and for what leaves the years 1 to 9999.
    """
    said = from_scalar(value)
    if isinstance(value, bool) or said is None or len(said) > _LONGEST:
        return None
    try:
        number = float(said)
        milliseconds = round(number * _milliseconds_per_unit(abs(number)))
        instant = instants.from_milliseconds(milliseconds)
    except (ValueError, OverflowError):
        return None
    return instants.format_instant(instant) if milliseconds else None


def from_epoch_or_text(value: object) -> str | None:
    """As ``from_epoch`` when the value is a number or its text; any other text as it stands."""
    said = from_scalar(value)
    if said is None or isinstance(value, bool):
        return None
    return from_epoch(value) if _is_number(said) else said.strip() or None


def _milliseconds_per_unit(number: float) -> float:
    if number >= _FIRST_NANOSECOND:
        return 1e-6
    if number >= _FIRST_MICROSECOND:
        return 1e-3
    return 1 if number >= _FIRST_MILLISECOND else 1000


def _is_number(said: str) -> bool:
    try:
        float(said)
    except ValueError:
        return False
    return True

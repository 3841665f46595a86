"""Instants: now, from ISO 8601 texts and back.

An instant is a naive ``datetime`` in UTC with whole milliseconds, which is what MongoDB keeps.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from event_service.iso_forms import parse_any_form

# Only what ``datetime.fromisoformat`` reads, so that nothing but the date can still be wrong.
_COMMON = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?)?"
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # instants are naive and UTC


def utc_now() -> datetime:
    """The instant it is now."""
    return _in_milliseconds(datetime.now(UTC).replace(tzinfo=None))


def parse_iso(text: str) -> datetime:
    """The instant that an ISO 8601 date or date-time names; without an offset it is UTC.

    Taken, with outer spaces: ``YYYY-MM-DD``, then ``T`` or a space and ``HH:MM[:SS[.fraction]]``,
    then ``Z``, ``+HH:MM``, ``+HHMM`` or ``+HH``, and whatever ``parse_any_form`` takes. What is
    finer than a millisecond is cut off.
    Raises ValueError for anything else, and for what leaves the years 1 to 9999.
    """
    said = text.strip()
    if _COMMON.fullmatch(said) is None:
        return parse_any_form(said)
    try:
        read = datetime.fromisoformat(said.upper())
    except ValueError:
        raise ValueError("no day of the calendar") from None
    local = _in_milliseconds(read)
    if local.tzinfo is None:
        return local
    try:
        return local.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def format_instant(instant: datetime) -> str:
    """The text of an instant on the wire (CONTRACT 5): ``2024-03-01T01:00:00.000Z``.

    Without an offset it is taken as UTC; what is finer than a millisecond is cut off.
    """
    utc = instant if instant.tzinfo is None else instant.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def to_milliseconds(instant: datetime) -> int:
    """Milliseconds since 1970 of an instant."""
    return round((instant - _EPOCH) / timedelta(milliseconds=1))


def from_milliseconds(milliseconds: int) -> datetime:
    """The instant that many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _in_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

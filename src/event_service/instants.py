"""ISO 8601 texts as instants.

An instant is a naive ``datetime`` in UTC with whole milliseconds, which is what MongoDB keeps.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<zone_hours>[0-9]{2})(?::?(?P<zone_minutes>[0-9]{2}))?)?)?"
)
_LAST_ZONE_MINUTE = 59


def parse_iso(text: str) -> datetime:
    """The instant that an ISO 8601 date or date-time names; without an offset it is UTC.

    Taken: ``YYYY-MM-DD``, then ``T`` or a space and ``HH:MM[:SS[.fraction]]``, then ``Z``,
    ``+HH:MM``, ``+HHMM`` or ``+HH``. What is finer than a millisecond is cut off.
    Raises ValueError for anything else, and for what leaves the years 1 to 9999.
    """
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError("not an ISO 8601 date or date-time")
    milliseconds = int((found["fraction"] or "0")[:3].ljust(3, "0"))
    local = datetime(
        int(found["year"]),
        int(found["month"]),
        int(found["day"]),
        int(found["hour"] or 0),
        int(found["minute"] or 0),
        int(found["second"] or 0),
        milliseconds * 1000,
        tzinfo=_zone(found),
    )
    try:
        return local.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def _zone(found: re.Match[str]) -> timezone:
    if found["sign"] is None:
        return UTC
    minutes = int(found["zone_minutes"] or 0)
    if minutes > _LAST_ZONE_MINUTE:
        raise ValueError("an offset has at most 59 minutes")
    offset = timedelta(hours=int(found["zone_hours"]), minutes=minutes)
    return timezone(-offset if found["sign"] == "-" else offset)


def format_instant(instant: datetime) -> str:
    """The text of an instant on the wire (CONTRACT 5): ``2024-03-01T01:00:00.000Z``.

    Without an offset it is taken as UTC; what is finer than a millisecond is cut off.
    """
    utc = instant if instant.tzinfo is None else instant.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

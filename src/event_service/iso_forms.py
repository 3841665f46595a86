"""ISO 8601 in the forms that few write (CONTRACT 3.5, 7): basic, by week, by day of the year."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_FORM = re.compile(
    r"(?P<year>[0-9]{4})(?P<dash>-?)"
    r"(?:(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})"
    r"|[Ww](?P<week>[0-9]{2})(?P=dash)(?P<weekday>[0-9])"
    r"|(?P<day_of_year>[0-9]{3}))"
    r"(?:[Tt ](?P<hour>[0-9]{2})(?:(?P<colon>:?)(?P<minute>[0-9]{2})"
    r"(?:(?P=colon)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<zone_hours>[0-9]{2})(?::?(?P<zone_minutes>[0-9]{2}))?)?)?"
)
_DAY = timedelta(days=1)
_LAST_HOUR, _LAST_MINUTE, _LEAP_SECOND = 23, 59, 60


def parse_any_form(text: str) -> datetime:
    """The instant (naive UTC) that an ISO 8601 date or date-time of any of its forms names.

    Taken: ``YYYY-MM-DD``, ``YYYY-Www-D`` or ``YYYY-DDD``, then ``T`` or a space and
    ``HH[:MM[:SS[.fraction]]]``, then ``Z`` or an offset; each part with its dashes or colons or
    without. ``24:00`` is the next midnight, and a leap second, which only the end of a month has,
    the second after it. What is finer than a millisecond is cut off.
    Raises ValueError for anything else, and for what leaves the years 1 to 9999.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not an ISO 8601 date or date-time")
    time, offset = _time(found), _offset(found)
    try:
        instant = _midnight(found) + time - offset
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
    if _number(found, "second") == _LEAP_SECOND and not _begins_month(instant):
        raise ValueError("only the last minute of a month, in UTC, has a second 60")
    return instant


def _midnight(found: re.Match[str]) -> datetime:
    year = _number(found, "year")
    try:
        if found["week"] is not None:
            return datetime.fromisocalendar(year, _number(found, "week"), _number(found, "weekday"))
        if found["day_of_year"] is None:
            return datetime(year, _number(found, "month"), _number(found, "day"))  # noqa: DTZ001
        day = datetime(year, 1, 1) + (_number(found, "day_of_year") - 1) * _DAY  # noqa: DTZ001
    except ValueError:
        raise ValueError("no day of the calendar") from None
    if day.year != year:
        raise ValueError("no day of the calendar")
    return day


def _time(found: re.Match[str]) -> timedelta:
    hours, minutes, seconds = (_number(found, name) for name in ("hour", "minute", "second"))
    milliseconds = int((found["fraction"] or "")[:3].ljust(3, "0"))
    time = timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
    is_past_day = hours > _LAST_HOUR and time > _DAY
    if is_past_day or minutes > _LAST_MINUTE or seconds > _LEAP_SECOND:
        raise ValueError("no time of the day")
    return time


def _offset(found: re.Match[str]) -> timedelta:
    hours, minutes = _number(found, "zone_hours"), _number(found, "zone_minutes")
    if hours > _LAST_HOUR or minutes > _LAST_MINUTE:
        raise ValueError("an offset has at most 23 hours and 59 minutes")
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if found["sign"] == "-" else offset


def _begins_month(instant: datetime) -> bool:
    return instant.replace(microsecond=0) == datetime(instant.year, instant.month, 1)  # noqa: DTZ001


def _number(found: re.Match[str], name: str) -> int:
    return int(found[name] or 0)

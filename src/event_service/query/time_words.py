"""The time words of the ``timediff_*`` operators: ``now-1h``, ``now/d - 7d`` (CONTRACT 7)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_WORD = re.compile(
    r"now(?:/(?P<start>[dwm]))?(?: ?(?P<sign>[+-]) ?(?P<count>[0-9]{1,12})(?P<unit>[smhdw]))?"
)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def parse_time_word(text: str, now: datetime) -> datetime:
    """The instant (naive UTC) that a time word names, seen from ``now`` (naive UTC).

    Raises ValueError for what is no time word, and for what leaves the years 1 to 9999.
    """
    found = _WORD.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a time word such as now, now/d or now-1h")
    start = _start_of(found["start"], now)
    if found["unit"] is None:
        return start
    try:
        distance = int(found["count"]) * _UNITS[found["unit"]]
        return start - distance if found["sign"] == "-" else start + distance
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def _start_of(period: str | None, now: datetime) -> datetime:
    if period is None:
        return now
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "w":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "m" else day

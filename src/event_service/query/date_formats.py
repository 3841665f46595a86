"""The ``date_format`` of a group key (CONTRACT 6)."""

from __future__ import annotations

import re

from event_service.errors import InvalidParameter
from event_service.query.expressions import Expression, instant
from event_service.query.limits import QueryLimits, at_most

_PARTS = {"year": "$year", "month": "$month", "day": "$dayOfMonth"}
_SPECIFIER = re.compile(r"%(.?)", re.DOTALL)
_KNOWN = frozenset("YmdHMSLjuVGUwzZ%")


def formatted(place: str, value: Expression, date_format: str, limits: QueryLimits) -> Expression:
    """A date as the format says: a number for year, month and day, else a text; UTC.

    What is no date gives null. Raises InvalidParameter for a specifier that there isn't.
    """
    if date_format in _PARTS:
        return {_PARTS[date_format]: instant(value)}
    at_most(f"{place}.date_format", "characters", date_format, limits.key_length)
    unknown = {found for found in _SPECIFIER.findall(date_format) if found not in _KNOWN}
    # MongoDB reads a format as an expression: one that begins with $ would name a field.
    if unknown or "%" not in date_format or "\0" in date_format or date_format.startswith("$"):
        raise InvalidParameter(
            f"{place}.date_format",
            "it is year, month, day or a text with %Y %m %d %H %M %S %L %j %u %V %G %U %w %z %Z %%",
        )
    return {"$dateToString": {"format": date_format, "date": instant(value)}}

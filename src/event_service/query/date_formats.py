"""The ``date_format`` of a group key (CONTRACT 6)."""

from __future__ import annotations

from datetime import datetime

from event_service.errors import InvalidParameter
from event_service.query.expressions import Expression, has_type, instant, when
from event_service.query.limits import QueryLimits, at_most
from event_service.query.strftime import UnknownDirective, strftime

_FIRST, _LAST = datetime(1000, 1, 1), datetime.max  # noqa: DTZ001, DTZ901  # naive UTC
_PARTS = {"year": "$year", "month": "$month", "day": "$dayOfMonth"}


def formatted(place: str, value: Expression, date_format: str, limits: QueryLimits) -> Expression:
    """A date as the format says: a number for year, month and day, else a text; UTC.

    What is no date gives null, and so does the text of one whose year has not four digits: no store
    writes them all. Raises InvalidParameter for a directive that there isn't.
    """
    place = f"{place}.date_format"
    if date_format in _PARTS:
        return {_PARTS[date_format]: instant(value)}
    at_most(place, "characters", date_format, limits.key_length)
    if "%" not in date_format or "\0" in date_format or date_format.startswith("$"):
        reason = "it is year, month, day or a text with directives of strftime, as in %Y-%m-%d"
        raise InvalidParameter(place, reason)
    try:
        text = strftime(value, date_format)
    except UnknownDirective as unknown:
        raise InvalidParameter(place, f"{unknown} is no directive that is taken") from None
    four_digits = {"$and": [{"$gte": [value, _FIRST]}, {"$lte": [value, _LAST]}]}
    return when(has_type(value, "date"), when(four_digits, text))

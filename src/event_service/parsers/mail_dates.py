"""Dates as mail and HTTP write them (RFC 5322), as ISO 8601 texts for ``occurred_at``."""

import re

from event_service.parsers.reading import text

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATE = re.compile(
    r"(?:[A-Za-z]{3},\s*)?(?P<day>[0-9]{1,2})\s+(?P<month>[A-Za-z]{3})\s+(?P<year>[0-9]{4})\s+"
    r"(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})\s+(?P<zone>GMT|UTC|Z|[+-][0-9]{4})"
)


def from_mail_date(value: object) -> str | None:
    """``Sat, 04 Jun 2016 05:01:10 GMT`` as ``2016-06-04T05:01:10Z``; other texts as they are."""
    said = text(value)
    found = _DATE.fullmatch(said) if said is not None else None
    if found is None or found["month"].lower() not in _MONTHS:
        return said
    month = _MONTHS.index(found["month"].lower()) + 1
    zone = found["zone"] if found["zone"][0] in "+-" else "Z"
    return f"{found['year']}-{month:02}-{int(found['day']):02}T{found['time']}{zone}"

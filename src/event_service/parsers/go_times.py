"""Times of senders that are written in Go, as ISO 8601 texts for ``occurred_at``."""

import re

from event_service.parsers.reading import text

_ZERO_YEAR = "0001-"
# What a template writes of a time that it is not told to format.
_UNFORMATTED = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}) (?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)"
    r" (?P<offset>[+-][0-9]{4}) \S{1,10}"
)


def from_go_time(value: object) -> str | None:
    """``2024-07-01 12:00:05.25 +0200 CEST`` as ``2024-07-01T12:00:05.25+0200``.

    None for the zero time, which Go has for a time that was never set; other texts as they are.
    """
    said = text(value)
    if said is None or said.startswith(_ZERO_YEAR):
        return None
    found = _UNFORMATTED.fullmatch(said)
    return said if found is None else f"{found['date']}T{found['time']}{found['offset']}"

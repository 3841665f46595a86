"""Values that only a database can hold, as JSON values.

Our own events hold none of them but datetimes; a monitoring database that was taken over may.
"""

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bson import DBRef, Decimal128, Regex, Timestamp

from event_service.instants import format_instant

_BEYOND_64_BITS: Final = 2**63


def plain_value(value: Any) -> str | bool | int | float | dict[str, Any] | list[Any] | None:
    """The nearest JSON value, one level deep: members of what it returns may be foreign again.

    Numbers stay numbers, instants become ISO 8601, bytes base64, a DBRef the document that it was
    stored as, NaN and infinities their JavaScript names, and what has no better form its text: so
    do decimals, which a double would round.
    """
    plain: str | bool | int | float | dict[str, Any] | list[Any] | None
    match value:
        case datetime():
            plain = format_instant(value)
        case Timestamp():
            plain = format_instant(value.as_datetime())
        case DBRef():
            plain = {str(key): member for key, member in value.as_doc().items()}
        case Regex():
            plain = str(value.pattern)
        case Mapping():
            plain = {str(key): member for key, member in value.items()}
        case bytes():
            plain = b64encode(value).decode("ascii")
        case str():
            plain = str.__str__(value)
        case int():
            plain = float(value)
        case float():
            plain = _finite(value)
        case Sequence() | set() | frozenset():
            plain = list(value)
        case _:
            plain = str(value)
    return plain


def count_of(value: Any) -> int:
    """A count; what is no number, or none that the wire's 64 bits hold, is 0."""
    number = value.to_decimal() if isinstance(value, Decimal128) else value
    if isinstance(number, Decimal):
        return int(number) if number.is_finite() and abs(number) < _BEYOND_64_BITS else 0
    if isinstance(number, int | float):
        return int(number) if abs(number) < _BEYOND_64_BITS else 0
    return 0


def _finite(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(value)

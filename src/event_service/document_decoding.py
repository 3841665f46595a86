"""Documents of the database as dictionaries and lists, whatever program wrote them.

A date of MongoDB's may lie hundreds of millions of years away, which ``datetime`` does not reach,
and one such document would cost every page that it stands on.
"""

from __future__ import annotations

from typing import Any, Final

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

DATES: Final = DatetimeConversion.DATETIME_CLAMP
"""A date outside the years 1 to 9999 is read as the first or the last instant of them."""

_OPTIONS: Final[CodecOptions[dict[str, Any]]] = CodecOptions(datetime_conversion=DATES)


def decoded(raw: bytes | memoryview) -> dict[str, Any]:
    """The document of these bytes; dates are naive and UTC."""
    return bson.decode(raw, _OPTIONS)

"""Documents of the database as dictionaries and lists, whatever program wrote them.

A date of MongoDB's may lie hundreds of millions of years away, which ``datetime`` does not reach,
and a text be no UTF-8, which MongoDB does not look for. One such document would cost every page
that it stands on.
"""

from __future__ import annotations

from typing import Any, Final

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.raw_bson import RawBSONDocument

DATES: Final = DatetimeConversion.DATETIME_CLAMP
"""A date outside the years 1 to 9999 is read as the first or the last instant of them."""

TEXTS: Final = "replace"
"""What of a text (or of a key) is no UTF-8 is read as U+FFFD."""

_OPTIONS: Final[CodecOptions[dict[str, Any]]] = CodecOptions(
    datetime_conversion=DATES, unicode_decode_error_handler=TEXTS
)
_TOP_OPTIONS: Final[CodecOptions[RawBSONDocument]] = CodecOptions(
    RawBSONDocument, datetime_conversion=DATES, unicode_decode_error_handler=TEXTS
)


def decoded(raw: bytes | memoryview) -> dict[str, Any]:
    """The document of these bytes; dates are naive and UTC."""
    return bson.decode(raw, _OPTIONS)


def top_decoded(raw: bytes) -> dict[str, Any]:
    """As ``decoded``, but for the objects in it: each is a RawBSONDocument."""
    return dict(RawBSONDocument(raw, _TOP_OPTIONS).items())


def wholly_decoded(value: Any) -> Any:
    """A document, or a value of one, with nothing in it left encoded; what isn't stays as it is."""
    if isinstance(value, RawBSONDocument):
        return decoded(value.raw)
    # Also what is no object but has one, such as code with its scope.
    return decoded(bson.encode({"": value}))[""] if isinstance(value, list) else value

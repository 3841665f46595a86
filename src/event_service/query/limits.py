"""How large a query may be: what is larger is the caller's error, never the database's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Sized


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Upper bounds, each inclusive, of one query.

    ``page_default`` is the configured maximum of rows of a list without a page limit
    (CONTRACT 5); a caller who names a limit may ask for up to ``page_rows``. ``filters`` counts
    filter, filter_or and the filter of an unwind together. Lengths are in characters.
    """

    filters: int = 100
    list_members: int = 1_000
    pattern_length: int = 1_000
    patterns_length: int = 20_000
    keyword_length: int = 1_000
    keyword_words: int = 32
    stages: int = 20
    group_members: int = 50
    conditions: int = 100
    sort_keys: int = 10
    key_length: int = 256
    key_depth: int = 20
    only: int = 100
    page_default: int = 1_000
    page_rows: int = 100_000


def at_most(field: str, what: str, size: int | Sized, limit: int) -> None:
    """Raises InvalidParameter naming ``field`` and the limit when ``size`` is over it."""
    count = size if isinstance(size, int) else len(size)
    if count > limit:
        raise InvalidParameter(field, f"{count} {what} where at most {limit} are taken")

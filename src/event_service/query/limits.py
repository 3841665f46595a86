"""How large a query may be: what is larger is the caller's error, never the database's."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Sized


def _limit(most: int, of: str) -> int:
    limited: int = dataclasses.field(default=most, metadata={"of": of})
    return limited


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Upper bounds, each inclusive, of one query; ``of`` says for people what each one counts.

    Lengths are in characters. What counts all filters counts filter, filter_or and the filters of
    every unwind together; a pattern is what is looked for inside of texts. ``page_default`` is the
    configured maximum of rows of a list without a page limit (CONTRACT 5).
    """

    filters: int = _limit(100, "filters of a query, `filter_or` and those of `unwind` among them")
    list_members: int = _limit(1_000, "members of the list of a filter (`in`, `contain_in`, ...)")
    all_members: int = _limit(10_000, "members of the lists of all filters")
    pattern_length: int = _limit(1_000, "characters of a pattern (`regex`, `contain`, ...)")
    patterns_length: int = _limit(20_000, "characters of the patterns of all filters")
    keyword_length: int = _limit(1_000, "characters of `keyword`")
    keyword_words: int = _limit(32, "words of `keyword`")
    stages: int = _limit(20, "stages of an `aggregate`")
    group_members: int = _limit(
        50, "keys and fields of a `group`, fields of a `project`, a `push` or a `match`"
    )
    conditions: int = _limit(100, "conditions of a field of a `group`")
    all_conditions: int = _limit(1_000, "conditions of an `aggregate`")
    sort_keys: int = _limit(10, "keys of a `sort`")
    key_length: int = _limit(256, "characters of a key, a name or a `date_format`")
    key_depth: int = _limit(20, "names of a dotted key")
    only: int = _limit(100, "fields of `only`")
    page_default: int = _limit(1_000, "results of a list without `page.limit` (`EVENT_PAGE_LIMIT`)")
    page_rows: int = _limit(100_000, "`page.limit`")
    results: int = _limit(100_000, "results of a stat without `page.limit`")


def at_most(field: str, what: str, size: int | Sized, limit: int) -> None:
    """Raises InvalidParameter naming ``field`` and the limit when ``size`` is over it."""
    count = size if isinstance(size, int) else len(size)
    if count > limit:
        raise InvalidParameter(field, f"{count} {what} where at most {limit} are taken")

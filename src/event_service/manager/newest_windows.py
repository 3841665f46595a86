"""Pages of the newest from a store that sorts in memory: from a window of time, not from all.

The window grows until it holds the page. It has no end but the caller's: an event may be from the
future of this clock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import bson

from event_service.document_decoding import top_decoded
from event_service.lru_dict import LruDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from event_service.query.newest import Newest
    from event_service.query.search import Search

    Stages = Sequence[Mapping[str, Any]]
    Ask = Callable[[Stages], Sequence[bytes]]
    """Runs the stages on the collection; a row is its BSON."""

_FIRST = timedelta(seconds=15)
_LEAST = timedelta(seconds=1)
_GROWTH = 32
"""A search that is new takes six looks at most, each at a span at most 32 times its need."""
_WIDEST = timedelta(days=3650)
_SPARE = 4
"""How much more of a window the next page may need, and still come from the first look."""
_MOST_REMEMBERED = 1_024


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far back a page went: to which instant, and how old that was then."""

    oldest: datetime
    age: timedelta


class NewestWindows:
    """Remembers how far back each search had to look, so that the next finds its page at once.

    Any thread may use it. It forgets the search that was not asked for longest.
    """

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._lock = threading.Lock()
        # By a hash: a search can be long, and one taken for another only starts badly.
        self._reached: LruDict[int, _Reach | None] = LruDict(most)

    def page(
        self,
        newest: Newest,
        search: Search,
        now: datetime,
        ask: Ask,
        stages_of: Callable[[Search], Stages],
    ) -> Sequence[bytes]:
        """The rows that ``stages_of(search)`` gives of all that matches.

        ``now`` is naive UTC. Raises what ``ask`` raises.
        """
        shown = search.projection is None or newest.time in search.projection
        if not shown:
            search = replace(search, projection=(*(search.projection or ()), newest.time))
        wanted = stages_of(search)
        anchor = now if newest.latest is None else min(now, newest.latest)
        key = _key(newest, search, anchor)
        for start in self._starts(key, newest, anchor):
            rows = ask([*newest.since(start), *wanted])
            if len(rows) == search.limit:
                break
        else:
            rows = ask([*newest.everything, *wanted])
        full = len(rows) == search.limit
        with self._lock:
            self._reached[key] = _reach(rows, newest.time, anchor) if full else None
        return rows if shown else [_without(row, newest.time) for row in rows]

    def _starts(self, key: int, newest: Newest, anchor: datetime) -> Iterator[datetime]:
        with self._lock:
            known = key in self._reached
            reach = self._reached.get(key)
        if known and reach is None:
            return
        width, nearest = _FIRST, None
        if reach is not None:
            width = max(_LEAST, _SPARE * reach.age)
            nearest = reach.oldest if newest.latest is None else None
        while width < _WIDEST or nearest is not None:
            start = _before(anchor, width)
            # From where a page has ended there are as many or more, unless some have vanished.
            if nearest is not None and start <= nearest:
                start, nearest = nearest, None
            if newest.earliest is not None and start <= newest.earliest:
                return
            yield start
            width *= _GROWTH


def _without(row: bytes, field: str) -> bytes:
    shown = top_decoded(row)
    shown.pop(field, None)
    return bson.encode(shown)


def _before(anchor: datetime, width: timedelta) -> datetime:
    try:
        return anchor - width
    except OverflowError:
        return datetime.min  # noqa: DTZ901  # instants are naive UTC


def _key(newest: Newest, search: Search, anchor: datetime) -> int:
    others = [part for part in newest.rest if newest.time not in part]
    span = None
    if newest.earliest is not None:
        # Which hours they are changes with every call, how many they are hardly does.
        span = int(max(anchor - newest.earliest, timedelta()).total_seconds()).bit_length()
    looked_for = (newest.first, others, span, newest.latest is None, search.skip + search.limit)
    return hash(repr(looked_for))


def _reach(rows: Sequence[bytes], time: str, anchor: datetime) -> _Reach | None:
    oldest = top_decoded(rows[-1]).get(time)
    return _Reach(oldest, anchor - oldest) if isinstance(oldest, datetime) else None

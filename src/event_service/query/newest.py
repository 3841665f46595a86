"""The newest of what matches, as stages that an index serves together with a span of time.

A store that sorts in memory reads all that its first ``$match`` gives. It reads only the span
where an index covers values and span together, however much else is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson.datetime_ms import DatetimeMS

from event_service.instants import to_milliseconds
from event_service.query.paging import DESCENDING
from event_service.query.staging import match_stages, matching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.query.conditions import Condition
    from event_service.query.fields import FieldSet
    from event_service.query.search import Search
    from event_service.query.staging import Parts

_MILLISECOND = timedelta(milliseconds=1)
_FROM = frozenset({"$gt", "$gte", "$eq"})
_UP_TO = frozenset({"$lt", "$lte", "$eq"})


@dataclass(frozen=True, slots=True)
class Newest:
    """A condition of which the newest are wanted. Instants are naive UTC.

    ``first`` are the exact values that an index has in front of the field ``time``, and ``rest``
    all other parts of the condition. ``earliest`` and ``latest`` are the bounds that these set to
    the time, or None; they are in ``rest`` too, since a bound may be excluded.
    """

    time: str
    first: Mapping[str, Any]
    rest: Sequence[Condition]
    earliest: datetime | None
    latest: datetime | None
    everything: Sequence[Mapping[str, Any]]
    """The stages for all of it."""

    def since(self, start: datetime) -> Sequence[Mapping[str, Any]]:
        """The stages for what of it is not older than ``start``."""
        # Not $gte: behind a descending index the embedded store takes it for $gt.
        span: dict[str, Any] = {"$gt": _just_before(start)}
        if self.latest is not None:
            span["$lte"] = self.latest
        return [{"$match": {**self.first, self.time: span}}, *matching(self.rest)]


def newest_first(parts: Parts, search: Search, fields: FieldSet) -> Newest | None:
    """What the parts ask for, if the search wants its newest and an index can serve that."""
    time = fields.default_sort
    if search.sort[0] != (time, DESCENDING):
        return None
    if fields.id_field in parts.exact:
        return None
    single = {field for field, at in parts.exact.items() if _is_single(parts.each[at][field])}
    for lookup in fields.newest_lookups:
        if single.issuperset(lookup):
            tests, rest = parts.split(lookup)
            first = {field: _value(test) for field, test in tests.items()}
            return _newest(time, first, rest, match_stages(parts, fields.lookups))
    return None


def _newest(
    time: str,
    first: Mapping[str, Any],
    rest: Sequence[Condition],
    everything: Sequence[Mapping[str, Any]],
) -> Newest:
    earliest = max(_bounds(rest, time, _FROM), default=None)
    latest = min(_bounds(rest, time, _UP_TO), default=None)
    newest = Newest(time, first, rest, earliest, latest, everything)
    # Lists of values may narrow more than the single values that an index takes with a span: then
    # all that they leave may be less to read than the span.
    if earliest is None or set(everything[0]["$match"]) != set(first):
        return newest
    return Newest(time, first, rest, earliest, latest, newest.since(earliest))


def _just_before(instant: datetime) -> datetime | DatetimeMS:
    # The database keeps whole milliseconds, also of what comes before the year 1.
    try:
        return instant - _MILLISECOND
    except OverflowError:
        return DatetimeMS(to_milliseconds(instant) - 1)


def _is_single(test: object) -> bool:
    return not isinstance(test, Mapping) or "$in" not in test or len(test["$in"]) == 1


def _value(test: Any) -> Any:
    # An index takes a span only behind a plain value.
    return test["$in"][0] if isinstance(test, Mapping) else test


def _bounds(parts: Sequence[Condition], field: str, operators: frozenset[str]) -> list[datetime]:
    return [
        bound
        for part in parts
        if isinstance(test := part.get(field), Mapping)
        for operator, bound in test.items()
        if operator in operators and isinstance(bound, datetime)
    ]

"""The newest events of a service, and then those that come, each of them once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from event_service.instants import format_instant, parse_iso
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from event_service.stubs.spaceone.api.core.v2 import query_pb2

_LATE: Final = timedelta(seconds=10)
"""created_at is read before the write is done: an older event may show so much later."""

_AT_ONCE: Final = 200


class Followed:
    """What one listing shows and goes on to show.

    ``asked`` has the filters of the listing; ``ask`` sends a query. ``fields`` are those that are
    wanted of an event, all if there are none; event_id and created_at must be among them.
    """

    def __init__(
        self,
        ask: Callable[[event_pb2.EventQuery], event_pb2.EventsInfo],
        asked: event_pb2.EventQuery,
        fields: Sequence[str] = (),
    ) -> None:
        self._ask = ask
        self._asked = asked
        self._fields = fields
        self._newest: datetime | None = None
        self._seen: dict[str, datetime] = {}
        self.total = 0

    def newest(self, limit: int) -> Sequence[event_pb2.EventInfo]:
        """The newest events, the oldest of them first; ``total`` is then how many match."""
        query = self._query(self._fields, newest_first=True)
        query.query.page.limit = limit
        answer = self._ask(query)
        self.total = answer.total_count
        found = list(reversed(answer.results))
        self._remember(found)
        if len(found) == limit:
            self._forgo(parse_iso(found[0].created_at))
        return found

    def news(self) -> Sequence[event_pb2.EventInfo]:
        """What was recorded since, the oldest first."""
        found = [event for event in self._late(self._fields) if event.event_id not in self._seen]
        self._remember(found)
        return found

    def _forgo(self, oldest: datetime) -> None:
        """Never show what the limit left out."""
        for event in self._late(("event_id", "created_at")):
            at = parse_iso(event.created_at)
            if at <= oldest:
                self._seen.setdefault(event.event_id, at)

    def _remember(self, events: Sequence[event_pb2.EventInfo]) -> None:
        for event in events:
            at = parse_iso(event.created_at)
            self._seen[event.event_id] = at
            self._newest = at if self._newest is None else max(at, self._newest)
        if self._newest is not None:
            horizon = self._newest - _LATE
            self._seen = {name: at for name, at in self._seen.items() if at >= horizon}

    def _late(self, fields: Sequence[str]) -> Iterator[event_pb2.EventInfo]:
        """Everything from a little before the newest event on, page by page."""
        query = self._query(fields, newest_first=False)
        if self._newest is not None:
            since = query.query.filter.add(k="created_at", o="datetime_gte")
            since.v.string_value = format_instant(self._newest - _LATE)
        query.query.page.limit = _AT_ONCE
        query.query.page.start = 1
        while True:
            results = self._ask(query).results
            yield from results
            if len(results) < _AT_ONCE:
                return
            query.query.page.start += _AT_ONCE

    def _query(self, fields: Sequence[str], *, newest_first: bool) -> event_pb2.EventQuery:
        query = event_pb2.EventQuery()
        query.CopyFrom(self._asked)
        asked: query_pb2.Query = query.query
        asked.sort.add(key="created_at", desc=newest_first)
        asked.only.extend(fields)
        return query

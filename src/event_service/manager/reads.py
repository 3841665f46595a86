"""get, list and stat on a collection of tenants' documents (CONTRACT 2, 5 and 6).

Every read goes through ``query.scope.within``: the caller's scope is put around whatever the query
asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bson.raw_bson import RawBSONDocument

from event_service.document_decoding import decoded, top_decoded
from event_service.errors import NotFound, RequiredParameter, TooLarge
from event_service.manager.group_gets import GroupGets
from event_service.manager.newest_windows import NewestWindows
from event_service.manager.query_faults import query_faults
from event_service.manager.reached_bodies import ReachedBodies
from event_service.manager.whole_documents import WholeDocuments
from event_service.query.newest import newest_first
from event_service.query.scope import narrow, within
from event_service.query.search import Search, compile_search
from event_service.query.staging import Parts, match_stages, parts_of
from event_service.query.statistics import Statistics, compile_statistics

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pymongo.collection import Collection

    from event_service.caller import Caller, Scope
    from event_service.query.fields import FieldSet
    from event_service.query.limits import QueryLimits
    from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query, StatisticsQuery

Document = Mapping[str, Any]

_BATCH_ROWS = 100_000
"""As many as a page may have: an answer comes in one batch, unless it is very large."""
_ROWS_AT_ONCE = 10
"""How many are taken from the driver before their bytes are counted."""


@dataclass(frozen=True, slots=True)
class ListResult:
    """Some of the documents that match, each as its BSON, and how many do in all."""

    documents: Sequence[bytes]
    total_count: int


@dataclass(frozen=True, slots=True)
class StatResult:
    """The rows or values of a stat; ``total_count`` where the query has a page."""

    results: Sequence[Any]
    total_count: int | None = None


class Reader:
    """Reads of one collection on behalf of callers.

    A database that doesn't answer raises ``pymongo.errors.PyMongoError``.
    """

    def __init__(
        self,
        collection: Collection[dict[str, Any]],
        fields: FieldSet,
        limits: QueryLimits,
        query_seconds: float,
        max_bytes: int,
        clock: Callable[[], datetime],
        *,
        sorts_in_memory: bool = False,
    ) -> None:
        """``max_bytes`` bounds what one read takes from the database, and so into memory.

        ``sorts_in_memory`` says that the database takes no order from an index.
        """
        self._collection = collection
        self._raw = collection.with_options(
            collection.codec_options.with_options(document_class=RawBSONDocument)
        )
        self._fields = fields
        self._limits = limits
        self._query_seconds = query_seconds
        self._max_bytes = max_bytes
        self._clock = clock
        self._windows = NewestWindows() if sorts_in_memory else None
        apart = fields.apart
        self._whole = WholeDocuments(self._raw, apart, max_bytes) if apart else None
        self._reached = ReachedBodies(collection, apart, max_bytes) if apart else None
        self._gets = GroupGets(self._get_all, query_seconds)

    def get(self, caller: Caller, entity_id: str) -> bytes:
        """The document of that id, as its BSON.

        Raises RequiredParameter, or NotFound if it isn't in scope.
        """
        id_field = self._fields.id_field
        if not entity_id:
            raise RequiredParameter(id_field)
        found = self._gets.get(caller.scope, entity_id)
        if found is None:
            raise NotFound(id_field, entity_id)
        return found

    @property
    def waiting(self) -> int:
        """How many callers of ``get`` wait for their read right now."""
        return self._gets.waiting

    def list(
        self,
        caller: Caller,
        query: Query,
        parameters: Mapping[str, str],
        seconds_left: float | None = None,
    ) -> ListResult:
        """The documents that match the query and the direct parameters, a page of them.

        ``seconds_left`` is what the caller's deadline leaves.
        """
        search = compile_search(
            query, narrow(caller, parameters), self._fields, self._clock(), self._limits
        )
        parts = parts_of(within(caller.scope, search.where))
        with self._in_time(seconds_left):
            if search.count_only:
                return ListResult((), self._counted(parts, search.count()))
            rows = self._page(caller.scope, parts, search)
            if len(rows) < search.limit and (rows or not search.skip):
                return ListResult(rows, search.skip + len(rows))
            return ListResult(rows, self._counted(parts, search.count()))

    def stat(
        self, caller: Caller, query: StatisticsQuery | None, seconds_left: float | None = None
    ) -> StatResult:
        """Distinct values, or the rows of an aggregation."""
        statistics = compile_statistics(query, self._fields, self._clock(), self._limits)
        parts = parts_of(within(caller.scope, statistics.where))
        with self._in_time(seconds_left):
            rows = self._aggregated(statistics, parts)
        if not statistics.distinct:
            return rows
        return StatResult([row["_id"] for row in rows.results], rows.total_count)

    def _get_all(self, scope: Scope, ids: Sequence[str], seconds: float) -> Mapping[str, bytes]:
        id_field = self._fields.id_field
        where = within(scope, {id_field: {"$in": list(dict.fromkeys(ids))}})
        with self._in_time(seconds):
            found = self._aggregate(parts_of(where), [{"$project": {"_id": False}}])
            found = self._made_whole(scope, found)
        # A list is found by each of its members, where another program has left one.
        named = ((top_decoded(document)[id_field], document) for document in found)
        return {one: document for one, document in named if isinstance(one, str)}

    def _page(self, scope: Scope, parts: Parts, search: Search) -> Sequence[bytes]:
        rows = self._rows(parts, search)
        return rows if search.projection is not None else self._made_whole(scope, rows)

    def _made_whole(self, scope: Scope, documents: Sequence[bytes]) -> Sequence[bytes]:
        return documents if self._whole is None else self._whole.of(scope, documents)

    def _rows(self, parts: Parts, search: Search) -> Sequence[bytes]:
        newest = None
        if self._windows is not None and not search.unwind:
            newest = newest_first(parts, search, self._fields)
        if self._windows is None or newest is None:
            return self._aggregate(parts, search.rows())
        return self._windows.page(newest, search, self._clock(), self._run, Search.rows)

    def _aggregated(self, statistics: Statistics, parts: Parts) -> StatResult:
        rows = [decoded(row) for row in self._aggregate(parts, statistics.rows())]
        if statistics.page is None:
            return StatResult(_whole(rows, statistics.most))
        return StatResult(rows, self._counted(parts, statistics.count()))

    def _aggregate(self, parts: Parts, stages: Sequence[Document]) -> Sequence[bytes]:
        return self._run([*match_stages(parts, self._fields.lookups), *stages])

    def _run(self, pipeline: Sequence[Document]) -> Sequence[bytes]:
        rows: list[bytes] = []
        read = 0
        pipeline = self._reaching(pipeline)
        with self._raw.aggregate(pipeline, batchSize=_BATCH_ROWS, allowDiskUse=True) as cursor:
            while some := cursor.to_list(_ROWS_AT_ONCE):
                encoded = [bytes(document.raw) for document in some]
                read += sum(map(len, encoded))
                if read > self._max_bytes:
                    raise TooLarge("bytes of one answer", self._max_bytes)
                rows += encoded
        return rows

    def _counted(self, parts: Parts, stages: Sequence[Document]) -> int:
        pipeline = self._reaching([*match_stages(parts, self._fields.lookups), *stages])
        # Not by ``_run``: for a number the driver's own reading takes less.
        with self._collection.aggregate(pipeline, allowDiskUse=True) as cursor:
            rows = cursor.to_list(1)
        return int(rows[0]["n"]) if rows else 0

    def _reaching(self, pipeline: Sequence[Document]) -> Sequence[Document]:
        return pipeline if self._reached is None else self._reached.by(pipeline)

    def _in_time(self, seconds_left: float | None) -> AbstractContextManager[None]:
        """For the queries of one call: how long all of them together may take."""
        seconds = self._query_seconds
        if seconds_left is not None:
            seconds = min(seconds, seconds_left)
        return query_faults(self._collection.database, seconds)


def _whole(results: Sequence[Any], most: int) -> Sequence[Any]:
    """All the results of a stat without a page limit. Raises TooLarge when there are more."""
    if len(results) > most:
        raise TooLarge("results of one stat without query.page.limit", most)
    return results

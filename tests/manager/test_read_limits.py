"""How much one read may bring: more is an error that says so, and not a full memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import ParseDict

from event_service.caller import Caller, Scope
from event_service.errors import TooLarge
from event_service.instants import utc_now
from event_service.manager.reads import Reader, StatResult
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query, StatisticsQuery

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

Stat = Callable[..., StatResult]

_MOST = 3
_BY_TITLE = {"group": {"keys": [{"key": "title", "name": "t"}]}}


_CALLER = Caller("DOMAIN_ADMIN", Scope("domain-1"))


def _reader(events: Collection[dict[str, Any]], most_bytes: int = 1024 * 1024) -> Reader:
    return Reader(events, EVENT_FIELDS, QueryLimits(results=_MOST), 30.0, most_bytes, utc_now)


@pytest.fixture
def stat(mongo_database: Database[dict[str, Any]]) -> Stat:
    """Asks for a stat, after it stored events with titles of these numbers."""
    events = mongo_database["event"]
    reader = _reader(events)

    def asked(numbers: range, **query: Any) -> StatResult:
        events.insert_many(
            {"domain_id": "domain-1", "event_id": f"event-{at}", "title": f"title {at}"}
            for at in numbers
        )
        return reader.stat(_CALLER, ParseDict(query, StatisticsQuery()))

    return asked


@pytest.mark.parametrize("query", [{"aggregate": [_BY_TITLE]}, {"distinct": "title"}])
def test_a_stat_over_its_results_is_refused_but_for_its_pages(
    stat: Stat, query: dict[str, Any]
) -> None:
    assert len(stat(range(_MOST), **query).results) == _MOST
    with pytest.raises(
        TooLarge, match=r"results of one stat without query\.page\.limit, limit = 3"
    ):
        stat(range(_MOST, 5), **query)
    paged = stat(range(5, 6), **query, page={"limit": 2})
    assert (len(paged.results), paged.total_count) == (2, 6)


def test_a_list_of_more_bytes_than_an_answer_may_have_is_refused(
    mongo_database: Database[dict[str, Any]],
) -> None:
    events = mongo_database["event"]
    events.insert_many(
        {"domain_id": "domain-1", "event_id": f"event-{at}", "raw_data": {"text": "x" * 1_000}}
        for at in range(2)
    )
    assert len(_reader(events, 2_500).list(_CALLER, Query(), {}).documents) == 2
    with pytest.raises(TooLarge, match="bytes of one answer, limit = 1500"):
        _reader(events, 1_500).list(_CALLER, Query(), {})

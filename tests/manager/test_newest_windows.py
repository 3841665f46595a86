"""A page that was looked for in windows is the page of the plain query, and found as cheaply."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import ParseDict
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from event_service.caller import Caller, Scope
from event_service.document_decoding import decoded
from event_service.manager.newest_windows import NewestWindows
from event_service.manager.reads import Reader
from event_service.model.indexes import ensure_indexes
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.newest import newest_first
from event_service.query.scope import within
from event_service.query.search import Search
from event_service.query.staging import parts_of
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query
from tests.clock import Clock
from tests.query.compiling import search
from tests.sent_commands import SentCommands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymongo.database import Database

    from event_service.stores import Stores

_NOW = datetime(2026, 3, 14, 15, 9, 26, 535000)  # noqa: DTZ001 - instants are naive UTC
_HOUR = 3_600.0
_YEAR = 365 * 24 * _HOUR

# Of the same instant, at the edges of windows, in bursts, years old and from the future.
_AGES = (
    st.sampled_from([0.0, 0.001, 1.0, 14.999, 15.0, 15.001, 240.0, -0.001, -1.0])
    | st.floats(-3 * _HOUR, 3 * _HOUR)
    | st.floats(0, 20).map(lambda power: 2.0**power)
    | st.sampled_from([2 * _YEAR, 9 * _YEAR, 11 * _YEAR, 900 * _YEAR])
)
_EVENTS = st.tuples(
    _AGES,
    st.sampled_from(["CRITICAL", "ERROR", "ERROR", "INFO"]),
    st.sampled_from(["alert-1", "alert-2"]),
    st.sampled_from(["project-1", "project-2", "project-3"]),
    st.sampled_from(["workspace-1", "workspace-1", "workspace-2"]),
)
_SCOPES = st.sampled_from(
    [
        (None, None),
        ("workspace-1", None),
        ("workspace-1", frozenset({"project-1"})),
        ("workspace-1", frozenset({"project-1", "project-2"})),
        ("workspace-1", frozenset()),
    ]
)
_MOMENTS = _AGES.map(lambda age: (_NOW - timedelta(seconds=age)).isoformat()) | st.sampled_from(
    ["0001-01-01", "9999-12-31T23:59:59.999"]
)
_FILTERS = st.one_of(
    st.fixed_dictionaries(
        {"k": st.just("severity"), "o": st.just("eq"), "v": st.sampled_from(["ERROR", "FATAL"])}
    ),
    st.fixed_dictionaries(
        {"k": st.just("alert_id"), "o": st.sampled_from(["eq", "not"]), "v": st.just("alert-1")}
    ),
    st.fixed_dictionaries(
        {"k": st.just("project_id"), "o": st.just("eq"), "v": st.just("project-2")}
    ),
    st.fixed_dictionaries(
        {
            "k": st.just("created_at"),
            "o": st.sampled_from(["lt", "lte", "gt", "gte", "eq"]).map(
                lambda order: order if order == "eq" else f"datetime_{order}"
            ),
            "v": _MOMENTS,
        }
    ),
    st.fixed_dictionaries(
        {
            "k": st.just("created_at"),
            "o": st.sampled_from(["timediff_gte", "timediff_lt"]),
            "v": st.sampled_from(["now-1h", "now/d", "now-2w", "now+1h"]),
        }
    ),
)
_QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.lists(_FILTERS, max_size=3),
        "page": st.fixed_dictionaries(
            {"limit": st.integers(1, 12)}, optional={"start": st.integers(1, 30)}
        ),
        "only": st.sampled_from([["title"], ["event_id", "created_at"]]),
        "minimal": st.booleans(),
        "keyword": st.just("title 1"),
        "sort": st.sampled_from(
            [
                [{"key": "created_at", "desc": True}],
                [{"key": "created_at", "desc": True}, {"key": "severity"}],
                [{"key": "created_at"}],
            ]
        ),
    },
)


@pytest.fixture(scope="module")
def sent() -> SentCommands:
    return SentCommands()


@pytest.fixture(scope="module")
def database(stores: Stores, sent: SentCommands) -> Iterator[Database[dict[str, Any]]]:
    name = f"event_service_test_{uuid.uuid4().hex[:12]}"
    with MongoClient[dict[str, Any]](stores.mongodb_uri, event_listeners=[sent]) as client:
        ensure_indexes(client[name], None)
        yield client[name]
        client.drop_database(name)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


def _reader(database: Database[dict[str, Any]], clock: Clock, *, windows: bool) -> Reader:
    return Reader(
        database["event"],
        EVENT_FIELDS,
        QueryLimits(page_default=25),
        30.0,
        1 << 28,
        lambda: _NOW + timedelta(seconds=clock.now),
        sorts_in_memory=windows,
    )


@pytest.fixture(scope="module")
def plain(database: Database[dict[str, Any]], clock: Clock) -> Reader:
    return _reader(database, clock, windows=False)


@pytest.fixture(scope="module")
def windowed(database: Database[dict[str, Any]], clock: Clock) -> Reader:
    return _reader(database, clock, windows=True)


def _store(database: Database[dict[str, Any]], domain: str, events: list[tuple[Any, ...]]) -> None:
    database["event"].insert_many(
        {
            "event_id": f"event-{uuid.uuid4().hex[:12]}",
            "event_key": "k",
            "title": f"title {number % 3}",
            "severity": severity,
            "alert_id": alert,
            "project_id": project,
            "workspace_id": workspace,
            "domain_id": domain,
            "created_at": _NOW - timedelta(seconds=age),
        }
        for number, (age, severity, alert, project, workspace) in enumerate(events)
    )


@settings(max_examples=60)
@given(
    first=st.lists(_EVENTS, min_size=1, max_size=40),
    later=st.lists(_EVENTS, min_size=1, max_size=20),
    later_by=st.sampled_from([0.0, 1.0, 600.0, 30 * 24 * _HOUR, -2 * _HOUR]),
    scope=_SCOPES,
    queries=st.lists(_QUERIES, min_size=1, max_size=6),
)
def test_a_page_from_windows_is_the_page_of_the_plain_query(
    database: Database[dict[str, Any]],
    clock: Clock,
    plain: Reader,
    windowed: Reader,
    first: list[tuple[Any, ...]],
    later: list[tuple[Any, ...]],
    later_by: float,
    scope: tuple[str | None, frozenset[str] | None],
    queries: list[dict[str, Any]],
) -> None:
    domain = uuid.uuid4().hex
    caller = Caller("ANY", Scope(domain, *scope))
    clock.now = 0
    for events in first, later:
        _store(database, domain, events)
        # Asked twice: what the first answer taught must lead the second one to the same.
        for query in [*queries, *queries]:
            asked = ParseDict(query, Query())
            assert windowed.list(caller, asked, {}) == plain.list(caller, asked, {}), query
        clock.now = later_by


_CALLER_QUERY = {"page": {"limit": 5}}


@pytest.fixture
def busy(database: Database[dict[str, Any]], clock: Clock) -> Caller:
    """A caller of a domain with an event every ten minutes."""
    clock.now = 0
    domain = uuid.uuid4().hex
    events = [(600.0 * at, "ERROR", "alert-1", "project-1", "workspace-1") for at in range(50)]
    _store(database, domain, events)
    return Caller("DOMAIN_ADMIN", Scope(domain))


def test_a_reader_that_comes_again_finds_its_page_at_once(
    database: Database[dict[str, Any]], clock: Clock, busy: Caller, sent: SentCommands
) -> None:
    reader = _reader(database, clock, windows=True)
    query = ParseDict(_CALLER_QUERY, Query())
    sent.taken()
    reader.list(busy, query, {})
    assert len(sent.pages()) > 1
    for _ in range(3):
        clock.now += 700
        sent.taken()
        assert len(reader.list(busy, query, {}).documents) == 5
        assert len(sent.pages()) == 1


def test_a_reader_that_comes_again_after_silence_reads_no_more_than_its_page(
    database: Database[dict[str, Any]], clock: Clock, busy: Caller, sent: SentCommands
) -> None:
    reader = _reader(database, clock, windows=True)
    query = ParseDict(_CALLER_QUERY, Query())
    oldest = decoded(reader.list(busy, query, {}).documents[-1])["created_at"]
    # Much longer than the page reached back, and longer than any window.
    for silence in 30 * 24 * _HOUR, 20 * _YEAR:
        clock.now += silence
        sent.taken()
        assert len(reader.list(busy, query, {}).documents) == 5
        last = sent.pages()[-1]
        assert last[0]["$match"]["created_at"] == {"$gt": oldest - timedelta(milliseconds=1)}


def test_who_has_less_than_a_page_is_asked_for_all_at_once_the_next_time(
    database: Database[dict[str, Any]], clock: Clock, busy: Caller, sent: SentCommands
) -> None:
    reader = _reader(database, clock, windows=True)
    query = ParseDict({"page": {"limit": 100}}, Query())
    reader.list(busy, query, {})
    sent.taken()
    assert reader.list(busy, query, {}).total_count == 50
    (only,) = sent.taken()
    assert "created_at" not in only[0]["$match"]


def test_what_was_not_looked_for_longest_is_forgotten() -> None:
    windows = NewestWindows(most=2)

    def looks(severity: str) -> int:
        looked: list[object] = []
        asked = search(filter=[{"k": "severity", "o": "eq", "v": severity}])
        newest = newest_first(parts_of(within(Scope("d"), asked.where)), asked, EVENT_FIELDS)
        assert newest is not None

        def nothing(stages: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
            looked.append(stages)
            return ()

        assert not windows.page(newest, asked, _NOW, nothing, Search.rows)
        return len(looked)

    assert looks("CRITICAL") > 1
    assert looks("ERROR") > 1
    assert [looks("CRITICAL"), looks("ERROR"), looks("CRITICAL")] == [1, 1, 1]
    assert looks("INFO") > 1
    assert looks("CRITICAL") == 1
    assert looks("ERROR") > 1


def test_a_store_that_takes_its_order_from_an_index_is_asked_once(
    plain: Reader, busy: Caller, sent: SentCommands
) -> None:
    sent.taken()
    plain.list(busy, ParseDict(_CALLER_QUERY, Query()), {})
    assert len(sent.pages()) == 1

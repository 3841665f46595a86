"""A body of many events is kept once, and nobody who reads them can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bson
import pytest
from google.protobuf.json_format import ParseDict
from pymongo.errors import AutoReconnect

from event_service.caller import Caller, Scope
from event_service.errors import TooLarge
from event_service.instants import utc_now
from event_service.manager.candidate import candidate_of
from event_service.manager.event_bodies import body_id_for
from event_service.manager.event_log import EventLog
from event_service.manager.reads import Reader
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.store_clients import connect_mongodb, database_of
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query, StatisticsQuery
from tests.manager.crowd import LONG, Crowd
from tests.manager.test_candidate import delivery_of
from tests.mongodb_relay import HUNG_UP, mongodb_relay

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis
    from pymongo.database import Database

    from event_service.settings import Settings

ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
ABOVE_THE_BOUND = 40_000
"""Bytes of a body that two events still have themselves, and three do not."""


def group(events: int, size: int = ABOVE_THE_BOUND, first: int = 0, **more: Any) -> dict[str, Any]:
    """A body of so many events, from that number on, and of a little more than that size."""
    numbers = range(first, first + events)
    results = [{"event_key": f"key-{first}-{at}", "title": f"title {at}"} for at in numbers]
    return {"results": results, "padding": "x" * size, "$kept": {"it.self": [1.0, None]}, **more}


def bodies(crowd: Crowd) -> list[dict[str, Any]]:
    return list(crowd.database["event_body"].find())


def raw_data(events: list[bytes]) -> list[dict[str, Any] | None]:
    return [bson.decode(event).get("raw_data") for event in events]


def reader(
    database: Database[dict[str, Any]], most_bytes: int = 1 << 28, *, windows: bool = False
) -> Reader:
    events, limits = database["event"], QueryLimits()
    return Reader(events, EVENT_FIELDS, limits, 30, most_bytes, utc_now, sorts_in_memory=windows)


def listed(crowd: Crowd, **query: Any) -> list[bytes]:
    found = crowd.first.events.list(ADMIN, ParseDict(query, Query()), {}, None)
    return list(found.documents)


@pytest.mark.parametrize("events", [3, 600])
def test_a_body_of_many_events_is_kept_once(crowd: Crowd, events: int) -> None:
    data = group(events)
    crowd.deliver(alarm=data)
    (body,) = bodies(crowd)
    assert crowd.database["event"].count_documents({"body_id": body["_id"]}) == events
    assert crowd.database["event"].count_documents({"raw_data": {"$exists": True}}) == 0
    stored = bson.decode(stored_object(data).raw)
    tenant = {"domain_id": "d", "workspace_id": "w", "project_id": "p"}
    assert body == tenant | {
        "_id": body["_id"],
        "raw_data": stored,
        "webhook_id": crowd.webhook.webhook_id,
        "created_at": crowd.now.at,
    }
    assert raw_data(listed(crowd, page={"limit": 3})) == [stored] * 3
    one = crowd.database["event"].find_one({"title": "title 1"})
    assert one is not None
    assert raw_data([crowd.first.events.get(ADMIN, one["event_id"])]) == [stored]


@pytest.mark.parametrize(
    ("events", "size", "apart"),
    [(1, 4_000_000, False), (2, 65_536, False), (2, 65_537, True), (257, 256, False)],
)
def test_only_a_body_whose_copies_would_be_large_is_kept_apart(
    events: int, size: int, *, apart: bool
) -> None:
    empty = len(stored_object({"x": ""}).raw)
    body = stored_object({"x": "y" * (size - empty)})
    assert len(body.raw) == size
    assert bool(body_id_for(body, events)) is apart


def test_a_body_none_of_whose_events_is_recorded_is_not_kept(crowd: Crowd) -> None:
    crowd.deliver(times=3, alarm=group(3))
    assert len(bodies(crowd)) == 1
    assert crowd.database["event"].distinct("repeat_count") == [0]  # not yet written


def test_it_is_kept_once_where_the_database_decides_too(
    crowd: Crowd, redis_client: redis.Redis
) -> None:
    crowd.deliver(alarm=group(3))
    redis_client.flushdb()
    changed = group(3)
    for result in changed["results"]:
        result["title"] += " again"
    crowd.deliver(alarm=changed)
    assert [body["raw_data"]["results"][0]["title"] for body in bodies(crowd)] == [
        "title 0",
        "title 0 again",
    ]
    assert crowd.database["event"].count_documents({}) == 6


def test_each_of_several_calls_written_together_has_its_own(crowd: Crowd) -> None:
    log = EventLog(crowd.database)
    written = [
        candidate_of(delivery, normalise({"event_key": f"{mark}-{at}", "title": mark}).draft)
        for mark in "ab"
        for delivery in [delivery_of({"mark": mark})._replace(body_id=f"body-{mark}")]
        for at in range(2)
    ]
    assert log.write(written) == [one.event_id for one in written]
    kept = {body["_id"]: body["raw_data"]["mark"] for body in bodies(crowd)}
    assert kept == {"body-a": "a", "body-b": "b"}
    caller = Caller("DOMAIN_ADMIN", Scope("domain-1"))
    found = crowd.first.events.list(caller, Query(), {}, None).documents
    assert all(event["raw_data"]["mark"] == event["title"] for event in map(bson.decode, found))
    assert log.write(written) == [one.event_id for one in written]
    assert len(bodies(crowd)) == 2


def test_what_is_delivered_anew_has_its_body(crowd: Crowd) -> None:
    data = group(3)
    crowd.deliver(alarm=data)
    ended = {"state": "RESOLVED", "resolved_at": crowd.now.at}
    crowd.database["alert"].update_many({}, {"$set": ended})
    crowd.now.at += LONG
    crowd.deliver(alarm=data)
    assert crowd.first.flusher.flush()
    assert crowd.database["event"].count_documents({}) == 6
    assert raw_data(listed(crowd)) == [bson.decode(stored_object(data).raw)] * 6


def test_no_event_is_recorded_without_its_body(crowd: Crowd, store_settings: Settings) -> None:
    delivery = delivery_of({"title": "t"})._replace(body_id="body-1")
    one = candidate_of(delivery, normalise({"event_key": "k", "title": "t"}).draft)

    def hang_up(command: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return HUNG_UP if command.get("insert") == "event_body" else None

    with (
        mongodb_relay(crowd.database, hang_up) as uri,
        connect_mongodb(uri, store_settings) as client,
        pytest.raises(AutoReconnect),
    ):
        EventLog(database_of(client)).write([one])
    assert crowd.database["event"].count_documents({}) == 0


def test_the_body_of_another_tenant_is_nobodys(crowd: Crowd) -> None:
    crowd.deliver(alarm=group(3))
    others = {"domain_id": "d2", "workspace_id": "w2", "project_id": "p2"}
    crowd.database["event_body"].update_many({}, {"$set": others})
    assert raw_data(listed(crowd)) == [None] * 3


@pytest.mark.parametrize(
    "scope", [Scope("d", "w"), Scope("d", "w", frozenset({"p"}))], ids=["owner", "member"]
)
def test_whoever_sees_an_event_sees_its_body(crowd: Crowd, scope: Scope) -> None:
    crowd.deliver(alarm=group(3))
    found = reader(crowd.database).list(Caller("a role", scope), Query(), {}).documents
    assert raw_data([*found]) == [bson.decode(stored_object(group(3)).raw)] * 3


def test_an_event_whose_body_is_gone_is_shown_without(crowd: Crowd) -> None:
    crowd.deliver(alarm=group(3))
    crowd.deliver(alarm=group(1))
    crowd.database["event_body"].delete_many({})
    shown = [bson.decode(event) for event in listed(crowd, sort=[{"key": "title"}])]
    assert [event["title"] for event in shown] == ["title 0", "title 1", "title 2"]
    assert listed(crowd, filter=[{"k": "raw_data.padding", "v": None, "o": "not"}]) == []


def test_what_no_delivery_of_ours_left_costs_no_page(crowd: Crowd) -> None:
    crowd.deliver(alarm=group(3))
    events = crowd.database["event"]
    for title, odd in (("title 0", ["no", "text"]), ("title 1", {"no": "text"})):
        events.update_one({"title": title}, {"$set": {"body_id": odd}})
    asked = {"k": "raw_data.padding", "v": "X", "o": "contain"}
    assert len(listed(crowd, filter=[asked])) == 1
    assert [one is None for one in raw_data(listed(crowd, sort=[{"key": "title"}]))] == [1, 1, 0]
    crowd.database["event_body"].update_one({}, {"$set": {"raw_data": "no object"}})
    assert raw_data(listed(crowd)) == [None] * 3


def test_what_many_events_have_in_common_counts_for_each_of_them(crowd: Crowd) -> None:
    crowd.deliver(alarm=group(3))
    named = len(b"\x03raw_data\0")
    whole = sum(len(document) - named for document in listed(crowd))
    query = Query()
    assert len(reader(crowd.database, whole).list(ADMIN, query, {}).documents) == 3
    with pytest.raises(TooLarge, match="bytes of one answer"):
        reader(crowd.database, whole - 1).list(ADMIN, query, {})


LISTS: list[dict[str, Any]] = [
    {},
    {"filter": [{"k": "raw_data.mark", "v": "a", "o": "eq"}]},
    {"filter": [{"k": "raw_data.mark", "v": "a", "o": "not"}]},
    {"filter": [{"k": "raw_data.results", "v": None, "o": "eq"}]},
    {"filter": [{"k": "raw_data.padding", "v": "X", "o": "contain"}], "count_only": True},
    {"filter": [{"k": "raw_data.results", "v": True, "o": "exists"}]},
    {
        "filter": [{"k": "title", "v": "title 2", "o": "not"}],
        "filter_or": [
            {"k": "raw_data.mark", "v": "b", "o": "eq"},
            {"k": "title", "v": "title 1", "o": "eq"},
        ],
        "page": {"start": 2, "limit": 2},
    },
    {"keyword": "title", "filter": [{"k": "raw_data.n", "v": 1, "o": "gte"}], "minimal": True},
    {"filter": [{"k": "title", "v": "$raw_data.mark", "o": "not"}], "only": ["title"]},
    {"sort": [{"key": "raw_data.n", "desc": True}], "only": ["title", "raw_data.mark"]},
    {"only": ["raw_data"], "page": {"limit": 2}},
    {"only": ["raw_data.results.title", "created_at"], "page": {"start": 3, "limit": 3}},
    {"unwind": {"path": "raw_data.results"}, "only": ["title", "raw_data.results"]},
]
STATS: list[dict[str, Any]] = [
    {"aggregate": [{"sort": [{"key": "title"}]}, {"limit": 5}]},
    {"distinct": "raw_data.mark"},
    {"distinct": "title", "filter": [{"k": "raw_data.mark", "v": "b", "o": "eq"}]},
    {"aggregate": [{"group": {"keys": [{"key": "raw_data.mark", "name": "mark"}]}}]},
    {
        "aggregate": [
            {"unwind": {"path": "raw_data.results"}},
            {
                "group": {
                    "keys": [{"key": "raw_data.results.title", "name": "title"}],
                    "fields": [{"name": "n", "operator": "count"}],
                }
            },
            {"sort": [{"key": "n"}, {"key": "title"}]},
        ]
    },
    {
        "aggregate": [
            {
                "group": {
                    "keys": [
                        {"key": "title", "name": "body_id"},
                        {"key": "webhook_id", "name": "_body"},
                    ],
                }
            },
            {
                "group": {
                    "keys": [{"key": "body_id", "name": "body_id"}],
                    "fields": [
                        {
                            "name": "_body",
                            "operator": "count",
                            "conditions": [
                                {"key": "body_id", "operator": "not", "value": "$raw_data"}
                            ],
                        }
                    ],
                }
            },
            {"sort": [{"key": "body_id"}]},
        ]
    },
]


@pytest.fixture
def several(crowd: Crowd) -> Crowd:
    """Events that have their bodies in common, and events that have one themselves."""
    crowd.deliver(alarm=group(3, mark="a", n=2))
    crowd.now.at += LONG
    crowd.deliver(alarm=group(4, mark="b", n=1, first=2))
    crowd.now.at += LONG
    crowd.deliver(alarm={"event_key": "alone", "title": "alone", "mark": "a", "n": 3})
    assert len(bodies(crowd)) == 2
    return crowd


@pytest.mark.parametrize("query", LISTS, ids=str)
@pytest.mark.parametrize("windows", [False, True])
def test_a_list_is_the_same_as_if_each_had_it(
    several: Crowd, query: dict[str, Any], *, windows: bool
) -> None:
    def ask() -> tuple[list[dict[str, Any]], int]:
        asked = ParseDict(query, Query())
        its = reader(several.database, windows=windows).list(ADMIN, asked, {})
        documents = [bson.decode(document) for document in its.documents]
        return [{**one, "body_id": None} for one in documents], its.total_count

    answer = ask()
    assert answer[1] > 0
    _give_each_its_own(several)
    assert ask() == answer


@pytest.mark.parametrize("query", STATS, ids=str)
def test_a_stat_is_the_same_as_if_each_had_it(several: Crowd, query: dict[str, Any]) -> None:
    asked = ParseDict(query, StatisticsQuery())
    answer = reader(several.database).stat(ADMIN, asked).results
    assert answer
    _give_each_its_own(several)
    assert reader(several.database).stat(ADMIN, asked).results == answer


def _give_each_its_own(crowd: Crowd) -> None:
    for body in bodies(crowd):
        own = {"$set": {"raw_data": body["raw_data"]}, "$unset": {"body_id": ""}}
        assert crowd.database["event"].update_many({"body_id": body["_id"]}, own).modified_count
    crowd.database["event_body"].drop()

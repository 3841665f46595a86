"""The queries that clients really send are served by an index (CONTRACT 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.struct_pb2 import Value

from event_service.caller import Scope
from event_service.instants import utc_now
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.scope import within
from event_service.query.search import compile_search
from event_service.query.staging import match_stages, parts_of
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Filter, Page, Query, Sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.service.running import Running, Start

_DOMAIN = Scope("domain-1")
_WORKSPACE = Scope("domain-1", "workspace-1")
_MEMBER = Scope("domain-1", "workspace-1", frozenset({"project-1", "project-2"}))


def _filter(key: str, value: str, operator: str) -> Filter:
    return Filter(k=key, v=Value(string_value=value), o=operator)


_NEWEST = [Sort(key="created_at", desc=True)]
_QUERIES: dict[str, tuple[Scope, Query, dict[str, str]]] = {
    "the events of an alert": (
        _WORKSPACE,
        Query(
            page=Page(start=1, limit=10),
            sort=_NEWEST,
            filter=[_filter("alert_id", "alert-1", "eq")],
        ),
        {},
    ),
    "the events of an alert, searched": (
        _WORKSPACE,
        Query(
            page=Page(start=1, limit=20),
            sort=_NEWEST,
            filter=[_filter("alert_id", "alert-1", "eq")],
            keyword="disk",
        ),
        {},
    ),
    "newest of a domain": (_DOMAIN, Query(page=Page(start=1, limit=15)), {}),
    "newest of a workspace": (_WORKSPACE, Query(page=Page(start=1, limit=15)), {}),
    "newest of a project": (
        _DOMAIN,
        Query(page=Page(start=1, limit=15)),
        {"project_id": "project-1"},
    ),
    "newest of a member's projects": (_MEMBER, Query(page=Page(start=1, limit=15)), {}),
    "the last two weeks": (
        _WORKSPACE,
        Query(filter=[_filter("created_at", "now/d-14d", "timediff_gte")]),
        {},
    ),
    "autocomplete of alert_id": (
        _WORKSPACE,
        Query(filter=[_filter("alert_id", "a", "contain")]),
        {},
    ),
    "one event": (_WORKSPACE, Query(filter=[_filter("event_id", "event-1", "eq")]), {}),
    "a key's history": (_WORKSPACE, Query(), {"event_key": "key-1"}),
}


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


def _plans(answer: Mapping[str, Any]) -> Iterator[str]:
    """Every stage's name in an explanation, wherever a server puts it."""
    for key, value in answer.items():
        if key == "rejectedPlans":
            continue
        if key == "stage":
            yield value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _plans(inner)


def _plan(running: Running, collection: str, pipeline: Sequence[Mapping[str, Any]]) -> set[str]:
    explained = running.database.command(
        "explain", {"aggregate": collection, "pipeline": list(pipeline), "cursor": {}}
    )
    return set(_plans(explained))


@pytest.mark.parametrize("name", _QUERIES)
def test_no_collection_scan(name: str, running: Running) -> None:
    scope, query, parameters = _QUERIES[name]
    search = compile_search(query, parameters, EVENT_FIELDS, utc_now(), QueryLimits())
    stages = match_stages(parts_of(within(scope, search.where)), EVENT_FIELDS.lookups)
    for rest in search.rows(), search.count():
        plan = _plan(running, "event", [*stages, *rest])
        assert "IXSCAN" in plan
        assert "COLLSCAN" not in plan


_DEDUP_QUESTIONS = (
    (
        "event",
        {
            "domain_id": "domain-1",
            "workspace_id": "workspace-1",
            "project_id": "project-1",
            "event_key": "key-1",
        },
    ),
    ("event", {"event_id": "event-1"}),
    ("alert", {"dedup_key": "d"}),
    ("alert", {"alert_id": "a"}),
    ("alert", {"alert_id": {"$in": ["a", "b"]}}),
    ("webhook", {"webhook_id": "webhook-1"}),
)


@pytest.mark.parametrize(("collection", "where"), _DEDUP_QUESTIONS)
def test_what_recording_asks_is_served_by_an_index(
    running: Running, collection: str, where: Mapping[str, Any]
) -> None:
    plan = _plan(running, collection, [{"$match": where}])
    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan

"""The queries that clients really send are served by an index (CONTRACT 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.struct_pb2 import Value

from event_service.caller import Scope
from event_service.managers import utc_now
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.scope import within
from event_service.query.search import compile_search
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Filter, Page, Query, Sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def _stages(plan: Any) -> Iterator[Mapping[str, Any]]:
    yield plan
    for name in ("inputStage", "queryPlan"):
        if name in plan:
            yield from _stages(plan[name])
    for inner in plan.get("inputStages", ()):
        yield from _stages(inner)


@pytest.mark.parametrize("name", _QUERIES)
def test_no_collection_scan(name: str, running: Running) -> None:
    scope, query, parameters = _QUERIES[name]
    search = compile_search(query, parameters, EVENT_FIELDS, utc_now(), QueryLimits())
    cursor = running.database["event"].find(within(scope, search.where))
    plan = cursor.sort(list(search.sort)).limit(search.limit).explain()["queryPlanner"]
    stages = list(_stages(plan["winningPlan"]))
    assert any(stage["stage"] == "IXSCAN" for stage in stages)
    assert all(stage["stage"] != "COLLSCAN" for stage in stages)


def test_what_dedup_asks_is_served_by_an_index(running: Running) -> None:
    key = {
        "domain_id": "domain-1",
        "workspace_id": "workspace-1",
        "project_id": "project-1",
        "event_key": "key-1",
    }
    questions = {
        "event": [key, {"event_id": "event-1", "alert_id": "alert-1"}],
        "alert": [
            {"claim": "d"},
            {"dedup_key": "d", "state": {"$ne": "RESOLVED"}},
            {"alert_id": "a", "state": {"$ne": "RESOLVED"}},
            {"domain_id": "domain-1", "workspace_id": "workspace-1"},
        ],
        "webhook": [{"webhook_id": "webhook-1"}],
    }
    for collection, wheres in questions.items():
        for where in wheres:
            plan = running.database[collection].find(where).explain()["queryPlanner"]
            assert any(stage["stage"] == "IXSCAN" for stage in _stages(plan["winningPlan"])), where

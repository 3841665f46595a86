from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Scope
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.newest import Newest, newest_first
from event_service.query.scope import within
from event_service.query.staging import parts_of
from event_service.query.webhook_fields import WEBHOOK_FIELDS
from tests.query.compiling import search

if TYPE_CHECKING:
    from pymongo.database import Database

_DOMAIN = Scope("d")
_START = datetime(2024, 3, 1)  # noqa: DTZ001 - instants are naive UTC
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = datetime(2024, 3, 2)  # noqa: DTZ001


def _newest(scope: Scope = _DOMAIN, **query: Any) -> Newest | None:
    found = search(**query)
    return newest_first(parts_of(within(scope, found.where)), found, EVENT_FIELDS)


def _filter(key: str, operator: str, value: Any) -> dict[str, Any]:
    return {"k": key, "o": operator, "v": value}


@pytest.mark.parametrize(
    ("scope", "filters", "first"),
    [
        (_DOMAIN, [], {"domain_id": "d"}),
        (Scope("d", "w"), [], {"domain_id": "d", "workspace_id": "w"}),
        (
            Scope("d", "w", frozenset({"p"})),
            [],
            {"domain_id": "d", "project_id": "p"},
        ),
        (
            Scope("d", "w", frozenset({"p", "q"})),
            [],
            {"domain_id": "d", "workspace_id": "w"},
        ),
        (_DOMAIN, [_filter("alert_id", "eq", "a")], {"alert_id": "a"}),
        (_DOMAIN, [_filter("severity", "eq", "ERROR")], {"domain_id": "d"}),
    ],
)
def test_values_that_an_index_has_in_front_of_the_time_come_first(
    scope: Scope, filters: list[Any], first: dict[str, str]
) -> None:
    newest = _newest(scope, filter=filters)
    assert newest is not None
    assert newest.since(_START)[0] == {
        "$match": {**first, "created_at": {"$gt": _START - _MILLISECOND}}
    }
    named = {field for part in newest.rest for field in part}
    assert named == {*within(scope, {}), *(part["k"] for part in filters)} - set(first)


def test_bounds_of_the_caller_are_bounds_of_the_index_and_conditions_still() -> None:
    newest = _newest(
        filter=[
            _filter("created_at", "datetime_gt", "2024-03-02"),
            _filter("created_at", "datetime_lt", "2024-03-05"),
            _filter("created_at", "datetime_lte", "2024-03-04"),
        ]
    )
    assert newest is not None
    assert (newest.earliest, newest.latest) == (_SECOND, datetime(2024, 3, 4))  # noqa: DTZ001
    span = {"$gt": _SECOND - _MILLISECOND, "$lte": newest.latest}
    first, rest = newest.everything
    assert first == {"$match": {"domain_id": "d", "created_at": span}}
    assert {"created_at": {"$gt": _SECOND}} in rest["$match"]["$and"]


def test_the_first_instant_there_is_is_among_what_is_not_older_than_it(
    mongo_database: Database[dict[str, Any]],
) -> None:
    events = mongo_database["first_instant"]
    events.insert_one({"domain_id": "d", "created_at": datetime(1, 1, 1)})  # noqa: DTZ001
    newest = _newest(filter=[_filter("created_at", "datetime_gte", "0001-01-01")])
    assert newest is not None
    assert len(list(events.aggregate(list(newest.everything)))) == 1


def test_all_of_some_projects_is_read_by_project_not_by_workspace() -> None:
    projects = Scope("d", "w", frozenset({"p", "q"}))
    newest = _newest(projects, filter=[_filter("created_at", "datetime_gt", "2024-03-02")])
    assert newest is not None
    assert newest.everything[0]["$match"] == {"domain_id": "d", "project_id": {"$in": ["p", "q"]}}


@pytest.mark.parametrize(
    "query",
    [
        {"sort": [{"key": "created_at"}]},
        {"sort": [{"key": "severity", "desc": True}]},
        {"filter": [_filter("event_id", "eq", "event-1")]},
        {"filter": [_filter("event_id", "in", ["event-1", "event-2"])]},
    ],
)
def test_another_order_and_single_events_need_no_span(query: dict[str, Any]) -> None:
    assert _newest(**query) is None


def test_no_index_of_webhooks_has_the_time() -> None:
    found = search()
    assert newest_first(parts_of(within(_DOMAIN, found.where)), found, WEBHOOK_FIELDS) is None

"""Which shards a read asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from simulate.asked import ALERTS, EVENTS, ROLES, Asked
from simulate.targeting import ALERT_FIELDS, Target, pipeline, target, targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
_ONE, _ALL = Target(1, narrowed=True), Target(None, narrowed=False)
_RANGE = Target(None, narrowed=True)


@pytest.mark.parametrize(
    ("match", "key", "expected"),
    [
        ({"a": {"$eq": "1"}}, ("a",), _ONE),
        ({"a": "1"}, ("a",), _ONE),
        ({"a": {"$in": ["1", "2"]}}, ("a",), Target(2, narrowed=True)),
        ({"$and": [{"a": {"$in": ["1", "2"]}}, {"a": {"$eq": "1"}}]}, ("a",), _ONE),
        ({"a": {"$gt": "1"}}, ("a",), _ALL),
        ({"a": {"$ne": "1"}}, ("a",), _ALL),
        ({"$or": [{"a": {"$eq": "1"}}, {"b": {"$eq": "1"}}]}, ("a",), _ALL),
        ({"a": {"$eq": "1"}}, ("a", "b"), _RANGE),
        ({"b": {"$eq": "1"}}, ("a", "b"), _ALL),
        ({"$and": [{"b": {"$eq": "1"}}, {"a": {"$eq": "1"}}]}, ("a", "b"), _ONE),
    ],
)
def test_equality_on_the_whole_key_leaves_one_shard(
    match: Mapping[str, Any], key: Sequence[str], expected: Target
) -> None:
    assert target([{"$match": match}], key) == expected


def test_a_match_counts_only_where_the_pipeline_begins() -> None:
    later: list[Mapping[str, Any]] = [{"$match": {"b": "1"}}, {"$limit": 1}, {"$match": {"a": "1"}}]
    assert target(later, ("a",)) == _ALL
    assert target(later[:1] + later[2:], ("a",)) == _ONE


def test_a_domain_in_filter_or_narrows_nothing_but_the_scope_does() -> None:
    either = [{"k": "domain_id", "v": "x", "o": "eq"}, {"k": "title", "v": "x", "o": "eq"}]
    asked = Asked("either", "event", listed={"filter_or": either})
    assert target(pipeline(asked, _ADMIN), ("domain_id",)) == _ONE
    assert target(pipeline(asked, _ADMIN), ("title",)) == _ALL


@pytest.mark.parametrize("caller", ROLES, ids=lambda caller: caller.role)
@pytest.mark.parametrize("asked", EVENTS + ALERTS, ids=lambda asked: asked.what)
def test_no_read_leaves_the_shards_of_its_domain(asked: Asked, caller: Caller) -> None:
    assert target(pipeline(asked, caller), ("domain_id",)) == _ONE


def test_the_events_of_an_alert_are_on_every_shard_under_event_id() -> None:
    by_what = {asked.what: asked for asked in EVENTS}
    assert set(targets(by_what["events of an alert"], ("event_id",))) == {"all"}
    assert set(targets(by_what["get of an event"], ("event_id",))) == {"one"}
    ids = by_what["events with one of some ids"]
    assert set(targets(ids, ("event_id",))) == {"at most 2"}


def test_an_owner_asks_one_shard_for_alerts_where_an_admin_asks_several() -> None:
    page = next(asked for asked in ALERTS if asked.what == "a page of alerts")
    found = targets(page, ("domain_id", "workspace_id"))
    assert found["one"] == ("WORKSPACE_OWNER", "WORKSPACE_MEMBER", "SYSTEM_TOKEN of a workspace")
    assert found["those of the range"] == ("DOMAIN_ADMIN", "SYSTEM_TOKEN")


def test_the_fields_of_alerts_are_those_of_the_model() -> None:
    assert {"alert_number", "state", "urgency", "resources", "created_at"} <= set(
        ALERT_FIELDS.kinds
    )
    assert "id" not in ALERT_FIELDS.kinds

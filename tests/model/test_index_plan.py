"""What is to be done where a database has other indexes than the declared ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import DuplicateKeyError

from event_service.model.duplicates import find_duplicates, stopping
from event_service.model.index_shape import FoundIndex, IndexShape
from event_service.model.index_steps import ChangeIndex, DropIndex, MakeIndex, ReplaceIndex
from event_service.model.indexes import (
    DECLARED,
    IndexesDiffer,
    all_found,
    declared_steps,
    ensure_indexes,
    retention_steps,
    unused,
)

if TYPE_CHECKING:
    from pymongo.database import Database

    from event_service.model.index_steps import IndexStep

DAY = 86_400
EVENT_ID = DECLARED[0]


def apply_all(database: Database[dict[str, Any]], steps: tuple[IndexStep, ...]) -> None:
    for step in steps:
        step.apply(database)


def test_an_empty_database_lacks_all_of_them(mongo_database: Database[dict[str, Any]]) -> None:
    steps = declared_steps(all_found(mongo_database))
    assert steps == tuple(MakeIndex(index) for index in DECLARED)


def test_what_was_made_is_found_to_be_as_declared(
    mongo_database: Database[dict[str, Any]],
) -> None:
    ensure_indexes(mongo_database, 7)
    found = all_found(mongo_database)
    assert declared_steps(found) == ()
    assert retention_steps(found, 7) == ()
    assert unused(found, 7) == ()


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (7, "change the index created_at (expires after 0 d): expireAfterSeconds {}"),
        (None, "drop the index created_at (expires after 0 d)"),
    ],
)
def test_an_age_that_is_no_number_is_none_of_ours(days: int | None, step: str) -> None:
    keys = (("created_at", 1),)
    shape = IndexShape.of(keys, {"expireAfterSeconds": math.nan})
    found = [FoundIndex(name, "created_at_1", shape) for name in ("event", "event_body")]
    steps = retention_steps(found, days)
    assert [str(each) for each in steps] == [step.format(seconds) for seconds in (604800, 691200)]


def test_a_missing_one_is_made(mongo_database: Database[dict[str, Any]]) -> None:
    ensure_indexes(mongo_database, None)
    mongo_database["alert"].drop_index("alert_id_1")
    (step,) = declared_steps(all_found(mongo_database))
    assert str(step) == "build the index alert_id (unique)"
    step.apply(mongo_database)
    assert declared_steps(all_found(mongo_database)) == ()


def test_a_name_is_no_difference(mongo_database: Database[dict[str, Any]]) -> None:
    mongo_database["event"].create_index([("event_id", 1)], unique=True, name="COMPOUND_OF_OLD")
    ensure_indexes(mongo_database, None)
    names = [index.name for index in all_found(mongo_database) if index.shape == EVENT_ID.shape]
    assert names == ["COMPOUND_OF_OLD"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"unique": True, "sparse": True},
        {"unique": True, "partialFilterExpression": {"title": {"$exists": True}}},
        {"unique": True, "collation": {"locale": "en", "strength": 2}},
    ],
)
def test_one_of_other_options_is_replaced(
    mongo_database: Database[dict[str, Any]], options: dict[str, Any]
) -> None:
    events = mongo_database["event"]
    events.insert_one({"event_id": "event-1"})
    events.create_index([("event_id", 1)], **options)
    step = declared_steps(all_found(mongo_database))[0]
    assert isinstance(step, ReplaceIndex)
    assert str(step).endswith("by event_id (unique)")
    step.apply(mongo_database)
    (index,) = (each for each in all_found(mongo_database) if each.collection == "event")
    assert index.shape == EVENT_ID.shape
    with pytest.raises(DuplicateKeyError):
        events.insert_one({"event_id": "event-1"})


def test_a_service_does_not_start_over_one_of_other_options(
    mongo_database: Database[dict[str, Any]],
) -> None:
    mongo_database["event"].create_index([("event_id", 1)])
    with pytest.raises(IndexesDiffer, match="event-service migrate"):
        ensure_indexes(mongo_database, None)
    assert [str(each.shape) for each in all_found(mongo_database)] == ["event_id"]


def test_a_failed_replacement_leaves_the_old_one(
    mongo_database: Database[dict[str, Any]],
) -> None:
    events = mongo_database["event"]
    events.insert_many([{"event_id": "event-1"}, {"event_id": "event-1"}])
    events.create_index([("event_id", 1)])
    with pytest.raises(DuplicateKeyError):
        declared_steps(all_found(mongo_database))[0].apply(mongo_database)
    assert [str(each.shape) for each in all_found(mongo_database)] == ["event_id"]


def test_retention_is_made_changed_in_place_and_dropped(
    mongo_database: Database[dict[str, Any]],
) -> None:
    seen = []
    for days in (30, 7, None):
        steps = retention_steps(all_found(mongo_database), days)
        seen.append([type(step) for step in steps])
        apply_all(mongo_database, steps)
        assert retention_steps(all_found(mongo_database), days) == ()
    assert seen == [[MakeIndex] * 2, [ChangeIndex] * 2, [DropIndex] * 2]


def test_a_hidden_one_is_shown_again() -> None:
    (step,) = declared_steps([FoundIndex("event", "x", EVENT_ID.shape, hidden=True)], [EVENT_ID])
    assert isinstance(step, ChangeIndex)
    assert step.changes == {"hidden": False}


def test_what_serves_nothing_is_named(mongo_database: Database[dict[str, Any]]) -> None:
    ensure_indexes(mongo_database, None)
    events = mongo_database["event"]
    events.create_index([("title", 1)])
    events.create_index([("created_at", 1)])
    events.create_index([("event_id", 1)], sparse=True, name="other")
    left = unused(all_found(mongo_database), None)
    assert {each.name for each in left} == {"title_1", "created_at_1", "other"}
    apply_all(mongo_database, tuple(DropIndex(each) for each in left))
    assert unused(all_found(mongo_database), None) == ()
    assert declared_steps(all_found(mongo_database)) == ()


def test_what_another_step_touches_is_not_named() -> None:
    title = FoundIndex("event", "title_1", IndexShape((("title", 1),)))
    wrong = FoundIndex("event", "event_id_1", IndexShape((("event_id", 1),)))
    expiring = FoundIndex("event", "e", IndexShape((("created_at", 1),), expire_seconds=DAY))
    sharding = FoundIndex("event", "s", IndexShape((("domain_id", "hashed"),)))
    assert unused([title, wrong, expiring, sharding], None) == (title,)
    assert unused([expiring], 1) == ()


def test_dropping_what_is_gone_is_no_fault(mongo_database: Database[dict[str, Any]]) -> None:
    mongo_database["event"].create_index([("title", 1)])
    (index,) = all_found(mongo_database)
    DropIndex(index).apply(mongo_database)
    DropIndex(index).apply(mongo_database)


def test_duplicates_are_counted_and_named(mongo_database: Database[dict[str, Any]]) -> None:
    events = mongo_database["event"]
    many = [{"event_id": f"event-{n % 6}"} for n in range(13)]
    events.insert_many([*many, {"event_id": "event-x"}])
    found = find_duplicates(mongo_database, EVENT_ID)
    assert found is not None
    assert (found.values, found.documents) == (6, 13)
    assert found.examples[0] == "event-0: 3"
    assert len(found.examples) == 3
    assert "13 documents of event share 6 values of event_id (event-0: 3; " in str(found)


def test_only_what_an_index_has_is_a_duplicate(mongo_database: Database[dict[str, Any]]) -> None:
    by_keys = {index.shape.keys: index for index in DECLARED if index.collection == "alert"}
    numbers = by_keys[("domain_id", 1), ("workspace_id", 1), ("alert_number", 1)]
    episodes = by_keys[("dedup_key", 1), ("episode", -1)]
    alerts = mongo_database["alert"]
    numbered = {"domain_id": "d", "workspace_id": "w", "alert_number": 1}
    alerts.insert_many([{**numbered, "alert_id": str(n)} for n in range(2)])
    assert find_duplicates(mongo_database, numbers) is None
    assert find_duplicates(mongo_database, episodes) is None
    alerts.insert_many(
        [{**numbered, "alert_id": f"o{n}", "dedup_key": "k", "episode": 0} for n in range(2)]
    )
    assert "d, w, 1: 2" in str(find_duplicates(mongo_database, numbers))
    assert "k, 0: 2" in str(find_duplicates(mongo_database, episodes))


def test_missing_values_are_equal(mongo_database: Database[dict[str, Any]]) -> None:
    mongo_database["event"].insert_many([{"title": "a"}, {"event_id": None}])
    found = stopping(mongo_database, MakeIndex(EVENT_ID))
    assert found is not None
    assert found.examples == ("None: 2",)


def test_only_unique_indexes_are_stopped(mongo_database: Database[dict[str, Any]]) -> None:
    mongo_database["event"].insert_many([{"domain_id": "d"}, {"domain_id": "d"}])
    stopped = [stopping(mongo_database, MakeIndex(index)) for index in DECLARED[1:6]]
    assert stopped == [None] * 5

"""What of a field that is kept apart some stages of a query reach into."""

from __future__ import annotations

from typing import Any

import pytest

from event_service.query.event_fields import BODY


@pytest.mark.parametrize(
    ("stage", "members"),
    [
        ({"$sort": {"created_at": -1}}, []),
        ({"$match": {"title": {"$eq": "raw_data.mark"}}}, []),
        ({"$match": {"raw_database": {"$eq": 1}}}, []),
        ({"$group": {"_id": {"$ifNull": ["$raw_database.x", {"$literal": "$raw_data.."}]}}}, []),
        ({"$group": {"_id": {"$literal": "$raw_data.$x"}, "n": {"$literal": "$raw_data\0"}}}, []),
        ({"$sort": {"raw_data.n": 1}}, ["raw_data.n"]),
        ({"$unwind": {"path": "$raw_data.alerts"}}, ["raw_data.alerts"]),
        ({"$project": {"raw_data.a.b.c": 1, "raw_data.a.d": 1, "title": 1}}, ["raw_data.a"]),
        ({"$group": {"_id": None, "x": {"$push": [{"a": "$raw_data.b.c"}]}}}, ["raw_data.b"]),
        ({"$project": {"raw_data": 1, "raw_data.a": 1}}, ["raw_data"]),
    ],
)
def test_members_that_a_stage_reaches_into(stage: dict[str, Any], members: list[str]) -> None:
    assert BODY.reached_by([stage]) == members
    assert BODY.reached_by([{"$limit": 1}, stage]) == members


def test_a_condition_with_other_tests() -> None:
    kept = {"title": {"$ne": "raw_data"}, "domain_id": {"$eq": "d"}}
    tests = [{"raw_data.a": {"$eq": 1}}, {"raw_data.b.c": {"$not": {"$regex": "x"}}}]
    where = {"$and": [kept, {"$or": [tests[0], {"rule": {"$eq": None}}]}, tests[1]]}
    assert BODY.tests(where) == tests
    assert BODY.with_tests(where, lambda test: {"made": test}) == {
        "$and": [
            kept,
            {"$or": [{"made": tests[0]}, {"rule": {"$eq": None}}]},
            {"made": tests[1]},
        ]
    }
    assert BODY.halves(where) == (
        [{"title": {"$ne": "raw_data"}}, {"domain_id": {"$eq": "d"}}],
        [{"$or": [tests[0], {"rule": {"$eq": None}}]}, tests[1]],
    )


def test_what_gives_each_row_its_members() -> None:
    lookup = {
        "from": "event_body",
        "localField": "body_id",
        "foreignField": "_id",
        "pipeline": [{"$project": {"raw_data.a": True, "raw_data.b": True}}],
        "as": "_body",
    }
    assert [*BODY.joined(["raw_data.a", "raw_data.b"])] == [
        {"$lookup": lookup},
        {"$unwind": {"path": "$_body", "preserveNullAndEmptyArrays": True}},
        {"$set": {"raw_data": {"$ifNull": ["$raw_data", "$_body.raw_data"]}}},
        {"$unset": ["_body", "body_id"]},
    ]
    assert "pipeline" not in BODY.joined()[0]["$lookup"]

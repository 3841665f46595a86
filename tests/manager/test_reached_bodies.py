"""How a query reaches into bodies that events share: as late as can be, and not too far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bson
import pytest

from event_service.errors import TooLarge
from event_service.manager import reached_bodies
from event_service.manager.reached_bodies import ReachedBodies
from event_service.query.event_fields import BODY

if TYPE_CHECKING:
    from pymongo.database import Database

    Stage = dict[str, Any]

LARGE = "x" * 1_000
TENANT: Stage = {"$match": {"domain_id": "d"}}
PAGE: list[Stage] = [{"$sort": {"created_at": -1}}, {"$limit": 2}]
MARK = {"raw_data.mark": {"$eq": "a"}}
TITLE = {"title": {"$eq": "t"}}
GROUP: Stage = {"$group": {"_id": {"body_id": "$title"}}}
BY_MARK: Stage = {"$group": {"_id": "$raw_data.mark"}}
BY_BODY: Stage = {"$group": {"_id": "$raw_data"}}
DECIDED = {
    "$or": [
        {"body_id": {"$in": ["body-a"]}},
        {"$and": [{"body_id": {"$nin": ["body-a", "body-b"]}}, MARK]},
    ]
}


@pytest.fixture
def database(mongo_database: Database[dict[str, Any]]) -> Database[dict[str, Any]]:
    """Three events of two bodies, one whose body is gone, one that has it itself, and another
    tenant's, which has another body."""
    mongo_database["event"].delete_many({})
    mongo_database["event_body"].delete_many({})
    names = ["body-a", "body-a", "body-b", "body-gone"]
    mongo_database["event"].insert_many([{"domain_id": "d", "body_id": one} for one in names])
    mongo_database["event"].insert_one({"domain_id": "d", "title": "t", "raw_data": {"mark": "a"}})
    mongo_database["event"].insert_one({"domain_id": "other", "body_id": "body-other"})
    mongo_database["event_body"].insert_many([body("a"), body("b"), body("other")])
    return mongo_database


def body(name: str) -> dict[str, Any]:
    return {"_id": f"body-{name}", "raw_data": {"mark": name[0], "text": LARGE}}


def asked(database: Database[dict[str, Any]], stages: list[Stage], most: int = 10_000) -> Any:
    return [*ReachedBodies(database["event"], BODY, most).by(stages)]


@pytest.mark.parametrize(
    ("stages", "those"),
    [
        ([TENANT, *PAGE], [TENANT, *PAGE]),
        ([TENANT, {"$match": TITLE}, BY_MARK], [TENANT, {"$match": TITLE}, BY_MARK]),
        ([TENANT, {"$match": MARK}, *PAGE], [TENANT, {"$match": {"$and": [DECIDED]}}, *PAGE]),
        (
            [TENANT, {"$match": {"$or": [MARK, TITLE]}}],
            [TENANT, {"$match": {"$and": [{"$or": [DECIDED, TITLE]}]}}],
        ),
        (
            [TENANT, *PAGE, {"$project": {"raw_data.mark": 1}}],
            [TENANT, *PAGE, *BODY.joined(["raw_data.mark"]), {"$project": {"raw_data.mark": 1}}],
        ),
        (
            [TENANT, {"$match": MARK}, {"$unwind": {"path": "$resources"}}, BY_BODY, *PAGE],
            [
                TENANT,
                {"$match": {"$and": [DECIDED]}},
                {"$unwind": {"path": "$resources"}},
                *BODY.joined(["raw_data"]),
                BY_BODY,
                *PAGE,
            ],
        ),
        ([TENANT, GROUP, BY_MARK], [TENANT, GROUP, BY_MARK]),
    ],
)
def test_what_is_asked(
    database: Database[dict[str, Any]], stages: list[Stage], those: list[Stage]
) -> None:
    if {"path": "$resources"} in [stage.get("$unwind") for stage in stages]:
        database["event"].update_many({}, {"$set": {"resources": ["r"]}})
    assert asked(database, stages) == those


def test_only_bodies_of_the_rows_are_asked(database: Database[dict[str, Any]]) -> None:
    of_b: Stage = {"body_id": "body-b"}
    stages = [TENANT, {"$match": {"$and": [of_b, MARK]}}]
    nothing: Stage = {"body_id": {"$in": []}}
    own = {"$and": [{"body_id": {"$nin": ["body-b"]}}, MARK]}
    assert asked(database, stages) == [
        TENANT,
        {"$match": {"$and": [of_b]}},
        {"$match": {"$and": [{"$or": [nothing, own]}]}},
    ]


def test_nothing_is_changed_where_no_row_shares_a_body(database: Database[dict[str, Any]]) -> None:
    stages = [TENANT, {"$match": {"$and": [TITLE, MARK]}}, BY_MARK]
    assert asked(database, stages) == stages


def test_what_is_joined_to_all_rows_has_a_bound(database: Database[dict[str, Any]]) -> None:
    whole = 3 * len(bson.encode(body("a")))
    assert len(asked(database, [TENANT, BY_BODY], whole)) > 2
    with pytest.raises(TooLarge, match=f"bytes of raw_data for one query, limit = {whole - 1}"):
        asked(database, [TENANT, BY_BODY], whole - 1)
    assert len(asked(database, [TENANT, BY_MARK], whole - 1)) > 2


def test_the_number_of_bodies_has_a_bound(
    database: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reached_bodies, "MOST_BODIES", 3)
    assert asked(database, [TENANT, {"$match": MARK}])
    database["event"].insert_one({"domain_id": "d", "body_id": "body-c"})
    with pytest.raises(TooLarge, match="different raw_data for one query, limit = 3"):
        asked(database, [TENANT, {"$match": MARK}])

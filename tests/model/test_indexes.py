"""What indexes a database gets, and that the questions of the service use them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from pymongo.errors import DuplicateKeyError

from event_service.model.indexes import ensure_indexes
from event_service.settings import Settings

if TYPE_CHECKING:
    from pymongo.database import Database

DAY = 86_400


def keys_of(
    database: Database[dict[str, Any]], collection: str
) -> set[tuple[tuple[str, int], ...]]:
    indexes = database[collection].index_information().values()
    return {tuple(index["key"]) for index in indexes} - {(("_id", 1),)}


def retention_of(database: Database[dict[str, Any]], collection: str = "event") -> int | None:
    index = database[collection].index_information().get("created_at_1", {})
    seconds = index.get("expireAfterSeconds")
    return None if seconds is None else int(seconds)


def stages(plan: dict[str, Any]) -> list[dict[str, Any]]:
    below = [plan[key] for key in ("inputStage",) if key in plan] + plan.get("inputStages", [])
    return [plan] + [stage for branch in below for stage in stages(branch)]


def index_of(
    database: Database[dict[str, Any]],
    collection: str,
    where: dict[str, Any],
    sort: list[tuple[str, int]] | None = None,
) -> dict[str, int]:
    """The key of the one index that serves the question; fails on a scan of the collection."""
    cursor = database[collection].find(where)
    plan = (cursor.sort(sort) if sort else cursor).explain()["queryPlanner"]["winningPlan"]
    plan = plan.get("queryPlan", plan)
    (scan,) = (stage for stage in stages(plan) if stage["stage"] in {"IXSCAN", "EXPRESS_IXSCAN"})
    return dict(scan["keyPattern"])


def test_makes_what_is_declared_and_nothing_else(mongo_database: Database[dict[str, Any]]) -> None:
    ensure_indexes(mongo_database, None)
    newest = (("created_at", -1), ("event_id", -1))
    assert keys_of(mongo_database, "event") == {
        (("event_id", 1),),
        (("domain_id", 1), *newest, ("severity", 1)),
        (("domain_id", 1), ("workspace_id", 1), *newest, ("severity", 1)),
        (("domain_id", 1), ("project_id", 1), *newest, ("severity", 1)),
        (("alert_id", 1), *newest),
        (("domain_id", 1), ("workspace_id", 1), ("project_id", 1), ("event_key", 1), *newest),
    }
    assert keys_of(mongo_database, "alert") == {
        (("alert_id", 1),),
        (("domain_id", 1), ("workspace_id", 1), ("alert_number", 1)),
        (("dedup_key", 1), ("episode", -1)),
        (("state", 1),),
    }
    assert keys_of(mongo_database, "webhook") == {
        (("webhook_id", 1),),
        (("project_id", 1), ("name", 1), ("webhook_id", 1)),
        (("domain_id", 1), ("created_at", -1), ("webhook_id", -1)),
    }


def test_may_be_repeated(mongo_database: Database[dict[str, Any]]) -> None:
    for _ in range(2):
        ensure_indexes(mongo_database, 7)
    assert retention_of(mongo_database) == 7 * DAY


def test_no_event_outlives_its_body_and_the_longest_retention_is_one_of_mongodbs(
    mongo_database: Database[dict[str, Any]],
) -> None:
    with pytest.raises(ValidationError, match="24854"):
        Settings(retention_days=24_855)
    ensure_indexes(mongo_database, 24_854)
    assert retention_of(mongo_database) == 24_854 * DAY
    assert retention_of(mongo_database, "event_body") == 24_855 * DAY < 2**31


def test_retention_is_set_changed_and_unset(mongo_database: Database[dict[str, Any]]) -> None:
    seen = []
    for days in (None, 30, 7, None, 7):
        ensure_indexes(mongo_database, days)
        seen.append(retention_of(mongo_database))
    assert seen == [None, 30 * DAY, 7 * DAY, None, 7 * DAY]


def test_retention_takes_over_an_index_without_an_age(
    mongo_database: Database[dict[str, Any]],
) -> None:
    mongo_database["event"].create_index([("created_at", 1)])
    ensure_indexes(mongo_database, None)
    assert (("created_at", 1),) in keys_of(mongo_database, "event")
    ensure_indexes(mongo_database, 30)
    assert retention_of(mongo_database) == 30 * DAY


def test_two_alerts_are_never_the_same_episode(mongo_database: Database[dict[str, Any]]) -> None:
    ensure_indexes(mongo_database, None)
    alerts = mongo_database["alert"]
    first = {"dedup_key": "k", "episode": 0}
    alerts.insert_many([{"alert_id": "alert-1"}, {"alert_id": "alert-2", **first}])
    alerts.insert_one({"alert_id": "alert-3"})
    with pytest.raises(DuplicateKeyError):
        alerts.insert_one({"alert_id": "alert-4", **first})
    with pytest.raises(DuplicateKeyError):
        alerts.update_one({"alert_id": "alert-1"}, {"$set": first})
    alerts.insert_one({"alert_id": "alert-5", "dedup_key": "k", "episode": 1, "alert_number": 2})


def test_numbers_are_unique_among_our_own_alerts_alone(
    mongo_database: Database[dict[str, Any]],
) -> None:
    workspace = {"domain_id": "domain-1", "workspace_id": "workspace-1"}
    alerts = mongo_database["alert"]
    alerts.insert_many(
        [{**workspace, "alert_id": f"alert-{n}", "alert_number": 1} for n in range(2)]
    )
    ensure_indexes(mongo_database, None)
    ours = {**workspace, "alert_number": 1}
    alerts.insert_one({**ours, "alert_id": "alert-8", "dedup_key": "k8"})
    other = {"workspace_id": "workspace-2", "dedup_key": "k7"}
    alerts.insert_one({**ours, "alert_id": "alert-7", **other})
    with pytest.raises(DuplicateKeyError):
        alerts.insert_one({**ours, "alert_id": "alert-9", "dedup_key": "k9"})


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ({"event_id": "event-1"}, ["event_id"]),
        ({"domain_id": "d"}, ["domain_id", "created_at", "event_id", "severity"]),
        (
            {"domain_id": "d", "workspace_id": "w"},
            ["domain_id", "workspace_id", "created_at", "event_id", "severity"],
        ),
        (
            {"domain_id": "d", "project_id": "p"},
            ["domain_id", "project_id", "created_at", "event_id", "severity"],
        ),
        ({"alert_id": "a"}, ["alert_id", "created_at", "event_id"]),
        (
            {"domain_id": "d", "workspace_id": "w", "project_id": "p", "event_key": "k"},
            ["domain_id", "workspace_id", "project_id", "event_key", "created_at", "event_id"],
        ),
    ],
)
def test_events_are_found_by_index(
    mongo_database: Database[dict[str, Any]], where: dict[str, Any], index: list[str]
) -> None:
    ensure_indexes(mongo_database, None)
    fields = ("event_id", "domain_id", "workspace_id", "project_id", "alert_id", "event_key")
    mongo_database["event"].insert_many(
        [
            {field: f"{field}-{n}" for field in fields} | {"created_at": datetime(2024, 1, n)}  # noqa: DTZ001
            for n in range(1, 20)
        ]
    )
    newest = [("created_at", -1), ("event_id", -1)]
    assert list(index_of(mongo_database, "event", where, newest)) == index


def test_open_alerts_are_counted_by_index(mongo_database: Database[dict[str, Any]]) -> None:
    ensure_indexes(mongo_database, None)
    states = ("TRIGGERED", "RESOLVED", "ACKNOWLEDGED", "ERROR")
    alerts = [{"alert_id": f"alert-{n}", "state": states[n % 4]} for n in range(20)]
    mongo_database["alert"].insert_many(alerts)
    assert list(index_of(mongo_database, "alert", {"state": "TRIGGERED"})) == ["state"]

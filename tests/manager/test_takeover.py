"""Open alerts of which another program has left no text, number or date where one belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from bson.decimal128 import Decimal128
from bson.regex import Regex

from event_service.dedup.key import DedupKey
from event_service.manager.takeover import adopt, count_adoptable, orphans, take_over_alerts
from tests.service.cloudforet import TENANT, fill

if TYPE_CHECKING:
    from pymongo.database import Database
    from structlog.typing import EventDict

LISTS: tuple[object, ...] = (["x"], [], [["x"]], [{"a": 1}])
ODD = (*LISTS, {"a": 1}, {"$ne": 1}, Decimal128("NaN"), Regex("a"))
NO_TEXT = (*ODD, 5, True)


def taken_over(database: Database[dict[str, Any]]) -> list[str]:
    """The alerts that were, as many as was said before; nothing is left to do then."""
    said = count_adoptable(database)
    for orphan in orphans(database):
        assert adopt(database, orphan)
    keyed = database["alert"].find({"dedup_key": {"$exists": True}})
    found = [alert["alert_id"] for alert in keyed]
    assert said == len(found)
    assert count_adoptable(database) == 0
    assert all(orphan.alert["alert_id"] not in found for orphan in orphans(database))
    return found


@pytest.mark.parametrize(
    ("collection", "field", "values"),
    [
        ("alert", "alert_id", NO_TEXT),
        ("alert", "alert_number", ODD),
        ("alert", "state", (*NO_TEXT, None)),
        ("alert", "created_at", (*NO_TEXT, "2024-03-01", None)),
        ("alert", "domain_id", NO_TEXT),
        ("alert", "workspace_id", NO_TEXT),
        ("alert", "project_id", NO_TEXT),
        ("event", "event_key", NO_TEXT),
        ("event", "created_at", (*NO_TEXT, "2024-03-01", None)),
        ("event", "domain_id", NO_TEXT),
        ("event", "workspace_id", NO_TEXT),
        ("event", "project_id", NO_TEXT),
    ],
)
def test_an_alert_that_cannot_be_read_stays_as_it_is(
    mongo_database: Database[dict[str, Any]], collection: str, field: str, values: tuple[object]
) -> None:
    for value in values:
        fill(mongo_database)
        odd = mongo_database[collection].find_one({"alert_id": "alert-8"}) or {}
        mongo_database[collection].replace_one({"_id": odd["_id"]}, {**odd, field: value})
        assert taken_over(mongo_database) == ["alert-9"], value
        for each in ("alert", "event", "webhook"):
            mongo_database[each].delete_many({})


@pytest.mark.parametrize("field", ["alert_id", "state", "created_at"])
def test_an_alert_that_lacks_what_every_one_has_stays_as_it_is(
    mongo_database: Database[dict[str, Any]], field: str
) -> None:
    fill(mongo_database)
    mongo_database["alert"].update_one({"alert_id": "alert-8"}, {"$unset": {field: ""}})
    assert taken_over(mongo_database) == ["alert-9"]


def test_it_says_whether_another_service_was_here_and_what_it_took_over(
    mongo_database: Database[dict[str, Any]], log: list[EventDict]
) -> None:
    assert not take_over_alerts(mongo_database)
    assert log == []
    fill(mongo_database)
    assert take_over_alerts(mongo_database)
    assert take_over_alerts(mongo_database)
    assert [line["adopted"] for line in log] == [2, 0]


def test_alerts_of_one_key_are_its_episodes_the_oldest_first(
    mongo_database: Database[dict[str, Any]],
) -> None:
    fill(mongo_database)
    mongo_database["event"].update_many({}, {"$set": {"event_key": "k1"}})
    taken_over(mongo_database)
    owned = mongo_database["alert"].find({"event_key": "k1", "event_count": 1}).sort("episode")
    assert [(alert["alert_id"], alert["episode"]) for alert in owned] == [
        ("alert-9", 0),
        ("alert-8", 1),
    ]


def test_who_has_no_project_has_the_key_of_none(mongo_database: Database[dict[str, Any]]) -> None:
    fill(mongo_database)
    for each in ("alert", "event"):
        mongo_database[each].update_many({}, {"$unset": {"project_id": ""}})
    taken_over(mongo_database)
    key = DedupKey(**TENANT | {"project_id": "", "event_key": "k1"})
    assert mongo_database["alert"].count_documents({"dedup_key": key.digest}) == 1


@pytest.mark.parametrize("field", ["domain_id", "workspace_id"])
def test_a_number_may_be_had_once_in_each_workspace(
    mongo_database: Database[dict[str, Any]], field: str
) -> None:
    fill(mongo_database)
    elsewhere = {field: "elsewhere", "alert_number": 9}
    mongo_database["alert"].update_one({"alert_id": "alert-8"}, {"$set": elsewhere})
    assert taken_over(mongo_database) == ["alert-8", "alert-9"]


def test_what_is_left_of_a_takeover_is_said(mongo_database: Database[dict[str, Any]]) -> None:
    fill(mongo_database)
    assert adopt(mongo_database, next(orphans(mongo_database)))
    assert count_adoptable(mongo_database) == 1


@pytest.mark.parametrize("value", [*NO_TEXT, "yesterday"])
def test_a_repeat_at_no_time_is_none(
    mongo_database: Database[dict[str, Any]], value: object
) -> None:
    fill(mongo_database)
    repeated = {"$set": {"last_repeated_at": value}}
    mongo_database["event"].update_one({"event_id": "event-8"}, repeated)
    assert taken_over(mongo_database) == ["alert-8", "alert-9"]
    alert = mongo_database["alert"].find_one({"alert_id": "alert-8"}) or {}
    assert alert["last_seen_at"] == alert["created_at"]

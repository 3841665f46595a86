"""Requests are counted in memory and written together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pymongo
import pytest
from pymongo.errors import BulkWriteError, PyMongoError

from event_service.manager.request_counts import RequestCounts
from event_service.model.indexes import ensure_indexes
from tests.manager.refused_counts import refused

if TYPE_CHECKING:
    from pymongo.database import Database


def stored(database: Database[dict[str, Any]], webhook_id: str) -> object:
    found = database["webhook"].find_one({"webhook_id": webhook_id})
    assert found is not None
    return found.get("requests")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"total": 3, "error": 1}),
        ({"requests": None}, {"total": 3, "error": 1}),
        ({"requests": {}}, {"total": 3, "error": 1}),
        ({"requests": {"total": None, "error": 2}}, {"total": 3, "error": 3}),
        ({"requests": {"total": 10, "error": 2}}, {"total": 13, "error": 3}),
    ],
)
def test_adds_to_what_is_there(
    mongo_database: Database[dict[str, Any]], before: dict[str, Any], after: dict[str, int]
) -> None:
    mongo_database["webhook"].insert_one({"webhook_id": "w1", **before})
    counts = RequestCounts()
    counts.count("w1")
    counts.count("w1", failed=True)
    counts.count("w1")
    counts.flush(mongo_database)
    assert stored(mongo_database, "w1") == after
    counts.flush(mongo_database)
    assert stored(mongo_database, "w1") == after


def test_a_webhook_that_is_gone_is_not_made_again(
    mongo_database: Database[dict[str, Any]],
) -> None:
    counts = RequestCounts()
    counts.count("gone")
    counts.flush(mongo_database)
    assert mongo_database["webhook"].count_documents({}) == 0


def test_nothing_is_lost_between_many_threads(mongo_database: Database[dict[str, Any]]) -> None:
    ensure_indexes(mongo_database, None)
    mongo_database["webhook"].insert_many(
        [{"webhook_id": f"w{n}", "project_id": "p", "name": f"w{n}"} for n in range(4)]
    )
    counts = RequestCounts()

    def work(number: int) -> None:
        for step in range(200):
            counts.count(f"w{number % 4}", failed=step % 2 == 0)
            if step % 50 == 0:
                counts.flush(mongo_database)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts.flush(mongo_database)
    assert [stored(mongo_database, f"w{n}") for n in range(4)] == [{"total": 400, "error": 200}] * 4


def test_counts_are_kept_while_the_store_is_down(mongo_database: Database[dict[str, Any]]) -> None:
    mongo_database["webhook"].insert_one({"webhook_id": "w1"})
    counts = RequestCounts()
    counts.count("w1", failed=True)
    with pymongo.MongoClient[dict[str, Any]](
        "mongodb://127.0.0.1:1", serverSelectionTimeoutMS=1
    ) as nowhere:
        for _ in range(2):
            with pytest.raises(PyMongoError):
                counts.flush(nowhere["x"])
    counts.count("w1")
    counts.flush(mongo_database)
    assert stored(mongo_database, "w1") == {"total": 2, "error": 1}


def test_of_a_write_that_fails_in_part_only_that_part_is_kept(
    mongo_database: Database[dict[str, Any]],
) -> None:
    mongo_database["webhook"].insert_many([{"webhook_id": "w1"}, {"webhook_id": "w2"}])
    counts = RequestCounts()
    counts.count("w2")
    for _ in range(2):
        counts.count("w1")
    with refused(mongo_database["webhook"], "requests.total", 2):
        with pytest.raises(BulkWriteError):
            counts.flush(mongo_database)
        assert stored(mongo_database, "w2") == {"total": 1, "error": 0}
    counts.flush(mongo_database)
    assert stored(mongo_database, "w1") == {"total": 2, "error": 0}
    assert stored(mongo_database, "w2") == {"total": 1, "error": 0}


def test_what_is_written_and_not_confirmed_is_kept(
    mongo_client: pymongo.MongoClient[dict[str, Any]], mongo_database: Database[dict[str, Any]]
) -> None:
    mongo_database["webhook"].insert_one({"webhook_id": "w1"})
    counts = RequestCounts()
    counts.count("w1")
    more_than_there_are = pymongo.WriteConcern(w=50)
    with pytest.raises(BulkWriteError):
        counts.flush(
            mongo_client.get_database(mongo_database.name, write_concern=more_than_there_are)
        )
    mongo_database["webhook"].update_one({"webhook_id": "w1"}, {"$unset": {"requests": ""}})
    counts.flush(mongo_database)
    assert stored(mongo_database, "w1") == {"total": 1, "error": 0}


@pytest.mark.parametrize("odd", ["many", [1, 2], {"total": "many", "error": [3]}, 5, None])
def test_what_is_no_count_costs_no_other_webhook_its_own(
    mongo_database: Database[dict[str, Any]], odd: object
) -> None:
    mongo_database["webhook"].insert_many(
        [{"webhook_id": "w1", "requests": odd}, {"webhook_id": "w2"}]
    )
    counts = RequestCounts()
    counts.count("w1")
    counts.count("w2", failed=True)
    counts.flush(mongo_database)
    assert stored(mongo_database, "w1") == {"total": 1, "error": 0}
    assert stored(mongo_database, "w2") == {"total": 1, "error": 1}

"""What another program has made odd costs no other count (CONTRACT 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from bson import Int64

from tests.manager.crowd import ALARM, Crowd

if TYPE_CHECKING:
    import redis

OTHER = ALARM | {"event_key": "k2", "title": "disk fuller"}
ODD = ["many", [1, 2], {"a": 1}, True, Int64(2**63 - 1), float("nan")]


def counts_of(crowd: Crowd, key: str) -> tuple[Any, Any]:
    (event,) = crowd.database["event"].find({"event_key": key})
    (alert,) = crowd.database["alert"].find({"event_key": key})
    return event["repeat_count"], alert["event_count"] - 1


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_count_costs_only_itself(crowd: Crowd, odd: object) -> None:
    crowd.deliver(times=3)
    crowd.deliver(times=2, alarm=OTHER)
    crowd.database["event"].update_one({"event_key": "k1"}, {"$set": {"repeat_count": odd}})
    crowd.database["alert"].update_one({"event_key": "k1"}, {"$set": {"event_count": odd}})
    assert crowd.first.flusher.flush()
    assert counts_of(crowd, "k2") == (1, 1)
    if not isinstance(odd, int | float) or odd is True:
        assert counts_of(crowd, "k1") == (2, 1)
    crowd.deliver(alarm=ALARM | {"title": "disk full again"})
    assert crowd.first.flusher.flush()


@pytest.mark.parametrize("odd", ["many", [1, 2], None])
def test_the_database_alone_counts_past_it_too(
    crowd: Crowd, redis_client: redis.Redis, odd: object
) -> None:
    crowd.deliver()
    crowd.database["event"].update_many({}, {"$set": {"repeat_count": odd}})
    redis_client.flushdb()
    crowd.deliver()
    assert crowd.counted() == (1, 1)


def test_a_list_with_an_id_in_it_gets_no_other_counts(crowd: Crowd) -> None:
    crowd.deliver(times=2)
    crowd.deliver(times=8, alarm=OTHER)
    for collection, name in (("event", "event_id"), ("alert", "alert_id")):
        where = {"event_key": "k1"}
        crowd.database[collection].update_one(where, [{"$set": {name: [f"${name}"]}}])
    assert crowd.first.flusher.flush()
    (event,) = crowd.database["event"].find({"event_id": {"$type": "array"}})
    (alert,) = crowd.database["alert"].find({"alert_id": {"$type": "array"}})
    assert (event["repeat_count"], alert["event_count"]) == (0, 1)
    assert counts_of(crowd, "k2") == (7, 7)

"""Alerts and events of ours that another program has made odd cost no delivery (CONTRACT 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from bson import Decimal128, Timestamp
from bson.datetime_ms import DatetimeMS

from event_service.dedup.key import DedupKey
from tests.manager.crowd import ALARM, LONG, Crowd

if TYPE_CHECKING:
    import redis

LISTED = "in a list"
MISSING = "missing"
FAR_PAST, FAR_FUTURE = DatetimeMS(-(2**60)), DatetimeMS(2**60)
AGAIN = ALARM | {"title": "disk full again"}
RECOVERY = ALARM | {"event_type": "RECOVERY"}


def make_odd(crowd: Crowd, collection: str, field: str, odd: object) -> None:
    change: Any = {"$set": {field: odd}}
    if odd == MISSING:
        change = {"$unset": {field: ""}}
    elif odd == LISTED:
        change = [{"$set": {field: [f"${field}"]}}]
    crowd.database[collection].update_many({}, change)


def nested(levels: int) -> dict[str, Any]:
    return {"a": nested(levels - 1)} if levels else {}


ODD_ALERTS = [
    *((field, odd) for field in ("alert_id", "state") for odd in (MISSING, LISTED)),
    *(("episode", odd) for odd in (0.0, Decimal128("0"))),
    *((field, odd) for field in ("last_seen_at", "created_at") for odd in (MISSING, "x", LISTED)),
    ("state", 5),
    ("superseded", "yes"),
]
ODD_EVENTS = [
    *(
        (field, odd)
        for field in ("event_id", "alert_id", "event_type")
        for odd in (MISSING, LISTED)
    ),
    *(
        (field, odd)
        for field in ("created_at", "last_repeated_at")
        for odd in (MISSING, "x", LISTED)
    ),
    *((field, 5) for field in ("title", "resources", "additional_info", "rule", "severity")),
    ("resources", [{"name": "r"}]),
    ("additional_info", ["a"]),
    ("additional_info", nested(120)),
    ("description", Decimal128("1")),
    ("event_key", LISTED),
]


@pytest.mark.parametrize("redis_forgets", [False, True])
@pytest.mark.parametrize(
    ("collection", "field", "odd"),
    [
        *(("alert", field, odd) for field, odd in ODD_ALERTS),
        *(("event", field, odd) for field, odd in ODD_EVENTS),
    ],
)
def test_an_odd_document_costs_no_delivery(
    crowd: Crowd,
    redis_client: redis.Redis,
    collection: str,
    field: str,
    odd: object,
    redis_forgets: bool,  # noqa: FBT001
) -> None:
    crowd.deliver()
    make_odd(crowd, collection, field, odd)
    if redis_forgets:
        redis_client.flushdb()
    for alarm in (ALARM, AGAIN, AGAIN, RECOVERY, RECOVERY, ALARM, AGAIN):
        crowd.now.at += LONG / 60
        crowd.deliver(alarm=alarm)
        assert crowd.first.flusher.flush()
    events, alerts = crowd.database["event"], crowd.database["alert"]
    assert events.count_documents({"title": AGAIN["title"], "event_type": "ALERT"}) == 2
    assert alerts.count_documents({"state": "TRIGGERED", "alert_id": {"$type": "string"}}) >= 1


@pytest.mark.parametrize("odd", ["first", None, True, 0.5, float("inf"), float("nan")])
def test_an_alert_whose_episode_is_none_costs_no_delivery(crowd: Crowd, odd: object) -> None:
    crowd.deliver()
    alerts = crowd.database["alert"]
    (alert,) = alerts.find({}, {"_id": 0})
    other = {"event_key": "k2", "title": "disk fuller"}
    key = DedupKey(alert["domain_id"], alert["workspace_id"], alert["project_id"], "k2")
    # The embedded store goes on reserving a value that is changed.
    theirs = {"alert_id": "alert-1", "alert_number": 99, "episode": odd, "dedup_key": key.digest}
    alerts.insert_one(alert | other | theirs)
    for event_type in ("RECOVERY", "ALERT", "ALERT", "RECOVERY", "ALERT"):
        crowd.deliver(alarm=other | {"event_type": event_type})
    assert alerts.count_documents({"dedup_key": key.digest, "alert_id": {"$ne": "alert-1"}}) >= 1


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("resolved_at", MISSING),
        ("resolved_at", "x"),
        ("recovery_event_id", 5),
        ("alert_id", LISTED),
    ],
)
def test_an_alert_that_was_resolved_oddly_costs_no_delivery(
    crowd: Crowd, redis_client: redis.Redis, field: str, odd: object
) -> None:
    crowd.deliver()
    crowd.deliver(alarm=RECOVERY)
    make_odd(crowd, "alert", field, odd)
    redis_client.flushdb()
    crowd.deliver(alarm=RECOVERY)
    crowd.deliver()
    assert crowd.database["alert"].count_documents({"state": "TRIGGERED"}) == 1


@pytest.mark.parametrize("odd", [MISSING, "x", LISTED])
def test_counts_of_an_alert_that_was_resolved_oddly_keep_no_others(
    crowd: Crowd, odd: object
) -> None:
    crowd.repeat_what_has_ended()
    make_odd(crowd, "alert", "resolved_at", odd)
    assert crowd.first.flusher.flush()
    assert crowd.database["alert"].count_documents({"state": "TRIGGERED"}) == 1


@pytest.mark.parametrize("odd", ["x", MISSING, LISTED, FAR_PAST, FAR_FUTURE, Timestamp(1, 1)])
@pytest.mark.parametrize("event_is_gone", [False, True])
def test_an_odd_last_seen_time_is_superseded_when_its_window_is_over(
    crowd: Crowd,
    redis_client: redis.Redis,
    odd: object,
    event_is_gone: bool,  # noqa: FBT001
) -> None:
    crowd.deliver()
    make_odd(crowd, "alert", "last_seen_at", odd)
    if event_is_gone:
        crowd.database["event"].delete_many({})
    redis_client.flushdb()
    crowd.now.at += 20 * LONG
    crowd.deliver()
    # Of what is seen in the far future no window is ever over.
    superseded = 0 if event_is_gone and odd == FAR_FUTURE else 1
    assert crowd.database["alert"].count_documents({}) == 1 + superseded
    assert crowd.database["alert"].count_documents({"superseded": True}) == superseded


def test_an_alert_that_nothing_tells_the_time_of_is_joined(
    crowd: Crowd, redis_client: redis.Redis
) -> None:
    crowd.deliver()
    for field in ("last_seen_at", "created_at"):
        make_odd(crowd, "alert", field, MISSING)
    crowd.database["event"].delete_many({})
    redis_client.flushdb()
    crowd.now.at += 20 * LONG
    crowd.deliver()
    assert crowd.database["alert"].count_documents({}) == 1

"""What another program has left in Redis under our names costs only itself (CONTRACT 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.manager.crowd import ALARM, LONG, Crowd

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis

OTHER = ALARM | {"event_key": "k2", "title": "disk fuller"}


def claim_of(client: redis.Redis) -> str:
    (claim,) = client.keys("*:claim:*")
    return str(claim)


def pending_of(client: redis.Redis) -> str:
    (pending,) = client.keys("*:pending")
    return str(pending)


CLAIMS: dict[str, Callable[[redis.Redis, str], object]] = {
    "what another version adds": lambda client, key: client.hset(key, "n", "first"),
    "no event": lambda client, key: client.hdel(key, "event"),
    "no fingerprint": lambda client, key: client.hdel(key, "print"),
    "an alert of nobody": lambda client, key: client.hset(key, "alert", "x:y"),
    "an empty alert": lambda client, key: client.hset(key, "alert", ""),
    "another type": lambda client, key: client.delete(key) and client.rpush(key, "x"),
    "bytes": lambda client, key: client.hset(key, "event", b"\xff\xfe"),
    "a tombstone of nothing": lambda client, key: client.delete(key) and client.hset(key, "n", "x"),
}


@pytest.mark.parametrize("odd", CLAIMS)
def test_an_odd_claim_costs_no_delivery(crowd: Crowd, redis_client: redis.Redis, odd: str) -> None:
    crowd.deliver()
    CLAIMS[odd](redis_client, claim_of(redis_client))
    for alarm in (ALARM, ALARM | {"title": "disk full again"}, OTHER):
        crowd.deliver(alarm=alarm)
    crowd.deliver(alarm=ALARM | {"event_type": "RECOVERY"})
    assert crowd.first.flusher.flush()
    assert crowd.database["alert"].count_documents({"state": "RESOLVED"}) == 1
    assert crowd.database["alert"].count_documents({"state": "TRIGGERED"}) == 1


def test_what_another_program_counts_is_passed_over(
    crowd: Crowd, redis_client: redis.Redis
) -> None:
    crowd.deliver(times=3)
    pending = pending_of(redis_client)
    for field, value in (
        ("theirs", "x"),
        ("a:b:c", "many"),
        ("a:b:c:d", "1:2"),
        ("a:b:d", "1:2:3"),
    ):
        redis_client.hset(pending, field, value)
    other = crowd.process()
    crowd.now.at += LONG
    other.flusher.adopt_orphans()
    other.flusher.adopt_orphans()
    assert crowd.counted() == (2, 2)


@pytest.mark.parametrize("value", ["many", "1", "", "1:2:3"])
def test_an_odd_count_of_ours_is_settled_too(
    crowd: Crowd, redis_client: redis.Redis, value: str
) -> None:
    crowd.deliver(times=3)
    pending = pending_of(redis_client)
    (entry,) = redis_client.hkeys(pending)
    redis_client.hset(pending, entry, value)
    assert crowd.first.flusher.flush()
    assert crowd.counted() == (2, 2)
    assert redis_client.exists(pending) == 0


def test_a_key_of_another_type_keeps_no_other_counts(
    crowd: Crowd, redis_client: redis.Redis
) -> None:
    crowd.deliver(times=3)
    spoilt = pending_of(redis_client)
    redis_client.delete(spoilt)
    redis_client.rpush(spoilt, "x")
    crowd.deliver(times=3, alarm=OTHER)
    assert crowd.first.flusher.flush()
    assert redis_client.keys("*:pending") == [spoilt]
    counts = [event["repeat_count"] for event in crowd.database["event"].find()]
    assert counts == [2, 2]

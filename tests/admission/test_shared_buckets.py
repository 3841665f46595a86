"""Buckets in a real Redis; what time does to them is said by changing what they remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest

from event_service.admission.shared_buckets import Ask, Grant, SharedBuckets
from event_service.dedup.gate import RedisGate
from event_service.quota import Quota

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.store_clients import RedisClient

# So slow that a test sees nothing come back.
SLOW = Quota(rate=0.001, burst=10)
WEBHOOK, DOMAIN = "webhook-1", ""


class Stand:
    """The buckets of one domain."""

    def __init__(self, client: RedisClient) -> None:
        self.client = client
        self.namespace = uuid4().hex
        self.buckets = SharedBuckets(client, self.namespace, RedisGate())

    def take(self, webhook_id: str, wanted: int = 1, quota: Quota = SLOW) -> Grant:
        """Draw from one bucket."""
        (grant,) = self.draw(Ask(webhook_id, quota, wanted))
        return grant

    def draw(self, *asks: Ask) -> Sequence[Grant]:
        """Draw from some."""
        grants = self.buckets.take("domain-1", asks)
        assert grants is not None
        return grants

    def now(self) -> int:
        """The microseconds of Redis' clock."""
        seconds, microseconds = self.client.time()
        return int(seconds) * 1_000_000 + int(microseconds)

    def age(self, seconds: float) -> None:
        """Have the domain's bucket believe that it was last asked so much earlier."""
        key = f"{self.namespace}:quota:{{domain-1}}"
        at = int(cast("Any", self.client.hget(key, "at")))
        self.client.hset(key, "at", str(at - round(seconds * 1_000_000)))


@pytest.fixture
def stand(client: RedisClient) -> Stand:
    return Stand(client)


def test_a_bucket_gives_its_burst_and_then_says_when(stand: Stand) -> None:
    assert stand.take(DOMAIN, 7) == Grant(7, 0)
    assert stand.take(DOMAIN, 7) == Grant(3, 0)
    empty = stand.take(DOMAIN, 7)
    assert empty.tokens == 0
    assert 900 < empty.wait <= 1000


def test_buckets_are_apart(stand: Stand) -> None:
    assert stand.take(DOMAIN, 10).tokens == 10
    assert stand.take(WEBHOOK, 10).tokens == 10
    assert stand.take("webhook-2", 10).tokens == 10


def test_all_give_or_none(stand: Stand) -> None:
    stand.take(DOMAIN, 10)
    asks = [Ask(WEBHOOK, SLOW, 4), Ask(DOMAIN, SLOW, 4)]
    for webhook, domain in (stand.draw(*asks), reversed(stand.draw(*reversed(asks)))):
        assert webhook == Grant(0, 0)
        assert (domain.tokens, domain.wait > 0) == (0, True)
    assert stand.take(WEBHOOK, 10).tokens == 10


def test_time_fills_a_bucket_up_to_its_burst(stand: Stand) -> None:
    stand.take(DOMAIN, 10)
    stand.age(3000)
    assert stand.take(DOMAIN, 10).tokens == 3
    stand.age(1_000_000)
    assert stand.take(DOMAIN, 100).tokens == 10


def test_its_clock_is_that_of_redis_in_microseconds(stand: Stand) -> None:
    stand.take(DOMAIN)
    at = stand.client.hget(f"{stand.namespace}:quota:{{domain-1}}", "at")
    # It may be set meanwhile, either way.
    assert abs(stand.now() - int(cast("Any", at))) < 60_000_000


def test_little_by_little_is_not_lost(stand: Stand) -> None:
    stand.take(DOMAIN, 10)
    for aged in range(8):
        grant = stand.take(DOMAIN)
        assert grant.tokens == 0
        # What passes between the calls counts too, or a step of the clock; and is less than a turn.
        assert abs(grant.wait - (1000 - 130 * aged)) < 60
        stand.age(130)
    assert stand.take(DOMAIN).tokens == 1


def test_a_clock_that_steps_back_stops_nobody(stand: Stand) -> None:
    stand.take(DOMAIN, 8)
    stand.age(-3_600_000)  # the bucket was last asked in what is now the future
    assert stand.take(DOMAIN, 8) == Grant(2, 0)
    assert stand.take(DOMAIN).wait <= 1000
    stand.age(1001)
    assert stand.take(DOMAIN).tokens == 1


def test_a_bucket_that_is_full_again_is_forgotten(stand: Stand) -> None:
    stand.take(DOMAIN, 10)
    key = f"{stand.namespace}:quota:{{domain-1}}"
    at = int(cast("Any", stand.client.hget(key, "at")))
    before = stand.now()
    left = 1000 * cast("Any", stand.client.pttl(key))
    after = stand.now()
    full_at = at + 10_000 * 1_000_000
    assert before + left <= full_at + 60_000_000
    assert full_at <= after + left


def test_a_redis_that_forgot_its_scripts_is_told_again(stand: Stand) -> None:
    assert stand.take(DOMAIN).tokens == 1
    stand.client.script_flush()
    assert stand.take(DOMAIN).tokens == 1


@pytest.mark.parametrize("quota", [Quota(1e-300, 1), Quota(1e-9, 1_000_000_000)])
def test_a_quota_for_ever_is_taken_by_redis(client: RedisClient, quota: Quota) -> None:
    stand = Stand(client)
    assert stand.take(WEBHOOK, quota.burst, quota).tokens == quota.burst
    refused = stand.take(WEBHOOK, 1, quota)
    assert refused.tokens == 0
    assert refused.wait >= 1e9 - 1

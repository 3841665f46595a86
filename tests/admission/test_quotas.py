"""Quotas of several processes on one Redis, and of each alone without."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from event_service.admission.quotas import Quotas
from event_service.admission.shared_buckets import SharedBuckets
from event_service.dedup.gate import RedisGate
from event_service.errors import QuotaExceeded
from event_service.metrics.instruments import REGISTRY
from event_service.metrics.names import REFUSED
from event_service.metrics.tally import TALLY
from event_service.quota import Quota
from tests.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from event_service.admission.shared_buckets import Ask, Grant
    from event_service.store_clients import RedisClient

SLOW = Quota(rate=0.001, burst=10)
NOBODY_LISTENS = "redis://127.0.0.1:1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def admitted(quotas: Quotas, times: int, webhook_id: str = "w", domain_id: str = "d") -> int:
    """How many of so many calls are let in."""
    number = 0
    for _ in range(times):
        try:
            quotas.admit(webhook_id, domain_id)
        except QuotaExceeded:
            continue
        number += 1
    return number


def refusals() -> float:
    """How many calls were refused for a quota, as the metrics have it."""
    TALLY.fold()
    reasons = ("webhook_quota", "domain_quota")
    return sum(REGISTRY.get_sample_value(REFUSED.name, {"reason": one}) or 0 for one in reasons)


class AskedTogether(SharedBuckets):
    """Asks Redis once two callers want it to, at the same time, until ``both`` is aborted."""

    def __init__(self, client: RedisClient, namespace: str, gate: RedisGate) -> None:
        super().__init__(client, namespace, gate)
        self.both = Barrier(2, timeout=60)

    def take(self, domain_id: str, asks: Sequence[Ask]) -> Sequence[Grant] | None:
        with suppress(BrokenBarrierError):
            self.both.wait()
        return super().take(domain_id, asks)


class TestShared:
    """With a Redis."""

    @pytest.fixture
    def process(self, client: RedisClient, clock: Clock) -> Callable[..., Quotas]:
        namespace = uuid4().hex

        def make(webhook: Quota | None = None, domain: Quota | None = None) -> Quotas:
            return Quotas(SharedBuckets(client, namespace, RedisGate()), webhook, domain, clock)

        return make

    def test_a_call_that_finds_two_quotas_used_up_is_refused_once(
        self, process: Callable[..., Quotas]
    ) -> None:
        once = Quota(rate=0.001, burst=1)
        assert admitted(process(once, once), 1) == 1
        before = refusals()
        assert admitted(process(once, once), 1) == 0
        assert refusals() == before + 1

    def test_processes_share_a_quota(self, process: Callable[..., Quotas]) -> None:
        first, second = process(webhook=SLOW), process(webhook=SLOW)
        assert admitted(first, 4) == 4
        assert admitted(second, 100) == 6
        assert admitted(first, 100) == 0

    def test_threads_of_processes_let_in_no_more(self, process: Callable[..., Quotas]) -> None:
        both = [process(domain=SLOW), process(domain=SLOW)]
        with ThreadPoolExecutor(16) as threads:
            numbers = threads.map(lambda n: admitted(both[n % 2], 10, f"w{n}"), range(16))
        assert sum(numbers) == 10

    def test_a_domain_bounds_all_its_webhooks_and_no_others(
        self, process: Callable[..., Quotas]
    ) -> None:
        quotas = process(domain=SLOW)
        assert sum(admitted(quotas, 4, webhook_id=f"w{n}") for n in range(5)) == 10
        assert admitted(quotas, 20, domain_id="other") == 10

    def test_what_the_domain_refuses_costs_the_webhook_nothing(
        self, process: Callable[..., Quotas]
    ) -> None:
        quotas = process(webhook=SLOW, domain=Quota(0.001, 3))
        assert admitted(quotas, 10) == 3
        assert admitted(process(webhook=SLOW), 20) == 7

    def test_what_the_domain_refuses_costs_nothing_of_the_webhooks_block(
        self, process: Callable[..., Quotas], client: RedisClient, clock: Clock
    ) -> None:
        quotas = process(webhook=Quota(rate=100, burst=10), domain=Quota(0.001, 8))
        assert admitted(quotas, 9) == 8
        ((key,), (domain,)) = client.keys("*:quota:{d}:w"), client.keys("*:quota:{d}")
        later = int(client.time()[0]) + 3600
        client.hset(key, mapping={"tokens": "0", "at": f"{later}000000"})
        client.delete(domain)
        clock.now += 1001
        assert admitted(quotas, 8) == 2

    def test_a_refusal_says_of_what_and_when(
        self, process: Callable[..., Quotas], client: RedisClient, clock: Clock
    ) -> None:
        quotas = process(webhook=Quota(0.5, 1))
        quotas.admit("w", "d")
        ((key),) = client.keys("*:quota:{d}:w")
        later = int(client.time()[0]) + 3600  # nothing comes back before that
        client.hset(key, "at", f"{later}000000")
        with pytest.raises(QuotaExceeded) as raised:
            quotas.admit("w", "d")
        assert raised.value.retry_seconds == 2
        assert "scope = calls of one webhook per second, limit = 0.5" in raised.value.message
        clock.now += 1
        with pytest.raises(QuotaExceeded) as raised:
            quotas.admit("w", "d")
        assert raised.value.retry_seconds == 1

    def test_a_block_is_served_without_redis_and_taken_from_all(
        self, process: Callable[..., Quotas], client: RedisClient
    ) -> None:
        quota = Quota(rate=100, burst=20)
        first, second = process(webhook=quota), process(webhook=quota)
        assert admitted(first, 11) == 11
        ((key),) = client.keys("*:quota:{d}:w")
        later = int(client.time()[0]) + 3600  # nothing comes back before that
        client.hset(key, mapping={"tokens": "0", "at": f"{later}000000"})
        # Nine more of the second block, and none that Redis would know of.
        assert admitted(first, 9) == 9
        with pytest.raises(QuotaExceeded):
            second.admit("w", "d")

    def test_who_comes_while_a_block_is_asked_for_takes_one_for_itself(
        self, client: RedisClient, clock: Clock
    ) -> None:
        buckets = AskedTogether(client, uuid4().hex, RedisGate())
        quotas = Quotas(buckets, Quota(rate=100, burst=100), None, clock)
        with ThreadPoolExecutor(2) as threads:
            assert sum(threads.map(admitted, [quotas] * 2, [1] * 2)) == 2
        buckets.both.abort()
        ((key),) = client.keys("*:quota:{d}:w")
        later = int(client.time()[0]) + 3600
        client.hset(key, mapping={"tokens": "0", "at": f"{later}000000"})
        assert admitted(quotas, 20) == 9

    def test_redis_is_not_asked_again_before_it_can_have_one(
        self, process: Callable[..., Quotas], client: RedisClient, clock: Clock
    ) -> None:
        quotas = process(webhook=SLOW)
        assert admitted(quotas, 11) == 10
        client.delete(*client.keys("*:quota:{d}:w"))
        assert admitted(quotas, 5) == 0
        clock.now += 1001
        assert admitted(quotas, 11) == 10

    def test_each_time_that_redis_goes_brings_no_new_quota(
        self, client: RedisClient, clock: Clock
    ) -> None:
        namespace, gate = uuid4().hex, RedisGate(clock=clock)
        quotas = Quotas(SharedBuckets(client, namespace, gate), SLOW, None, clock)
        for alone in (10, 0, 0):
            assert admitted(quotas, 1) == 1
            with suppress(RedisConnectionError), gate.call("quota"):
                raise RedisConnectionError
            assert admitted(quotas, 20) == alone
            clock.now += 1  # until the gate lets somebody try


class TestAlone:
    """Without one."""

    @pytest.fixture
    def quotas(self, clock: Clock) -> Callable[..., Quotas]:
        def make(webhook: Quota | None = None, domain: Quota | None = None) -> Quotas:
            client = Redis.from_url(NOBODY_LISTENS)
            return Quotas(SharedBuckets(client, "x", RedisGate()), webhook, domain, clock)

        return make

    def test_each_process_has_the_whole_quota(
        self, quotas: Callable[..., Quotas], clock: Clock
    ) -> None:
        alone = quotas(webhook=Quota(2, 5))
        assert admitted(alone, 10) == 5
        clock.now += 1.5
        assert admitted(alone, 10) == 3
        clock.now += 3600
        assert admitted(alone, 10) == 5

    def test_both_buckets_give_or_none(self, quotas: Callable[..., Quotas], clock: Clock) -> None:
        alone = quotas(webhook=Quota(0.001, 10), domain=Quota(1, 3))
        assert admitted(alone, 10) == 3
        clock.now += 60
        assert admitted(alone, 10) == 3
        clock.now += 60
        assert admitted(alone, 10) == 3
        clock.now += 60
        assert admitted(alone, 10) == 1

    def test_a_refusal_says_when(self, quotas: Callable[..., Quotas]) -> None:
        alone = quotas(domain=Quota(0.1, 1))
        alone.admit("w", "d")
        with pytest.raises(QuotaExceeded) as raised:
            alone.admit("w", "d")
        assert raised.value.retry_seconds == 10
        assert "scope = calls of one domain per second" in raised.value.message

    def test_no_quota_asks_nobody(self, quotas: Callable[..., Quotas]) -> None:
        assert admitted(quotas(), 1000) == 1000

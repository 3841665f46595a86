"""What the arithmetic takes from Redis: the memory of a claim, and where claims fall."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from redis.crc import key_slot

from event_service.dedup.claims import Claims
from event_service.dedup.decision import Proposal
from event_service.dedup.gate import RedisGate
from event_service.dedup.key import SHARDS, DedupKey, shard_of
from event_service.ids import new_id
from simulate.redis_tags import master_of_tags, tags_of_masters
from simulate.sizing import CLAIM_BYTES

if TYPE_CHECKING:
    from event_service.store_clients import RedisClient

_NAMESPACE = "event-service:event_service"
_WORKSPACE = ("domain-0123456789ab", "workspace-0123456789ab")


@pytest.fixture
def claim(redis_client: RedisClient) -> bytes | str:
    """The Redis key of a claim that stands."""
    key = DedupKey(*_WORKSPACE, "project-0123456789ab", "k")
    opening = Proposal(
        recovers=False,
        ends_claim=False,
        always_record=False,
        never_record=False,
        fingerprint="f" * 32,
        alert_id=new_id("alert"),
        event_id=new_id("event"),
        window_ms=600_000,
        at_ms=1_700_000_000_000,
    )
    Claims(redis_client, _NAMESPACE, RedisGate()).decide([(key, opening)])
    (found,) = redis_client.scan_iter(match=f"*{key.digest}")
    return cast("bytes | str", found)


def test_a_claim_takes_the_memory_that_is_planned_for(
    redis_client: RedisClient, claim: str
) -> None:
    # The key's own, without what the two tables of keys and of expiries need for it besides.
    taken = cast("int", redis_client.memory_usage(claim))
    assert 0.5 * CLAIM_BYTES < taken <= CLAIM_BYTES


def test_claims_fall_on_the_masters_as_their_tags_do(claim: str) -> None:
    tag = int(shard_of(*_WORKSPACE), 16)
    for masters in (1, 3, 16):
        slot = key_slot(claim.encode())
        assert master_of_tags(masters)[tag] == slot * masters // 16_384


def test_every_tag_is_on_one_master() -> None:
    for masters in (1, 3, 6, 32):
        assert sum(tags_of_masters(masters)) == SHARDS
        assert len(tags_of_masters(masters)) == masters

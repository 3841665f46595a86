"""What versions that run side by side on the same stores have to agree on.

While one takes the place of the other both record the events of a key, and what is open outlives
them. Where one of these values changes, a recovery finds no alert to end, a call that is sent again
is recorded twice (CONTRACT 1.6), every repeat is recorded (4.4), or a rotated key works on (3.2).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from event_service.bodies.plain_text import trimmed_object
from event_service.dedup.claims import Claims
from event_service.dedup.decision import Proposal
from event_service.dedup.gate import RedisGate
from event_service.dedup.key import DedupKey
from event_service.draft import EventDraft, EventType, Severity
from event_service.fingerprint import fingerprint
from event_service.manager.access_key import digest_of
from event_service.manager.delivery import Delivery, RecordingRules, identity_of
from event_service.manager.stored_object import stored_object
from event_service.manager.webhook_changes import CHANNEL
from event_service.normalise import derive_key, failure_draft
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    import redis

KEY = DedupKey("domain-1", "workspace-1", "project-1", "k1")
DIGEST = "2dcef63cc61f895b06ad178eb9b4b312"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_keys_of_events() -> None:
    assert KEY.digest == DIGEST
    assert derive_key("Disk full", None, ("db-01",)) == "074ad69f8a4af999"
    assert failure_draft("webhook-1", "w", "no JSON").event_key == "error-98a2219ce653"


def test_what_is_no_news() -> None:
    info = {"o": {"z": "é", "a": [1, 2.5, True, None]}, "n": 10}
    draft = EventDraft(
        event_key="k1",
        event_type=EventType.ALERT,
        title="Disk full",
        severity=Severity.CRITICAL,
        description="db-01",
        resources=("a", "b"),
        additional_info=info,
    )
    kept = stored_object(trimmed_object(info))
    assert fingerprint(draft, kept.raw) == "78ff278d9fbeb4866f181015714344e7"


def test_the_event_of_a_call_that_is_sent_again() -> None:
    rules = RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, 600)
    body = stored_object({})
    identity = identity_of(TRACE, b"the same bytes")
    at = datetime(2026, 1, 1)  # noqa: DTZ001  # instants are naive UTC
    delivery = Delivery("webhook-1", "d", "w", "p", rules, body, at, identity)
    assert delivery.event_id("k1", 0) == "event-fca0de74cdb8"


def test_access_keys_and_their_changes() -> None:
    assert (
        digest_of("key").hex() == "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"
    )
    assert CHANNEL == "event-service:webhook"


def test_claims_counts_and_numbers(redis_client: redis.Redis) -> None:
    claims = Claims(redis_client, "event-service:test", RedisGate())
    proposal = Proposal(
        recovers=False,
        ends_claim=False,
        always_record=False,
        never_record=False,
        fingerprint="f1",
        alert_id="alert-1",
        event_id="event-1",
        window_ms=600_000,
        at_ms=1_000,
    )
    claims.decide([(KEY, proposal)] * 3)
    shard = "event-service:test:{15}"
    claim, pending = f"{shard}:claim:{DIGEST}", f"{shard}:pending"
    number = f"{shard}:number:domain-1/workspace-1"
    assert set(redis_client.keys()) == {claim, pending, number, f"{shard}:seen"}
    held = {"alert": "alert-1", "event": "event-1", "print": "f1"}
    assert redis_client.hgetall(claim) == held
    assert redis_client.hgetall(pending) == {f"{DIGEST}:alert-1:event-1": "2:1000"}
    assert redis_client.get(number) == "1"

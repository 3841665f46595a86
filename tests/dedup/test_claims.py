"""Each decision is one step in Redis (CONTRACT 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from redis.exceptions import ResponseError

from event_service.dedup import scripts
from event_service.dedup.claims import Claims, EndedClaim, HeldClaim, NumberDraw, PendingRepeats
from event_service.dedup.decision import UNKNOWN, Decision, Proposal, Verdict
from event_service.dedup.gate import RedisGate
from event_service.dedup.key import DedupKey

if TYPE_CHECKING:
    from event_service.store_clients import RedisClient

KEY = DedupKey("domain-1", "workspace-1", "project-1", "k1")
ALERT = Proposal(
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
NEWS = ALERT._replace(fingerprint="f2", alert_id="alert-2", event_id="event-2", at_ms=2_000)
RECOVERY = NEWS._replace(recovers=True, ends_claim=True)


def _decide(claims: Claims, key: DedupKey, proposal: Proposal) -> Decision:
    (decision,) = claims.decide([(key, proposal)])
    return decision


def _held(alert_id: str, event_id: str, recorded: str, said: str) -> HeldClaim:
    return HeldClaim(KEY, alert_id, event_id, recorded, said, 600_000)


def _pending(alert_id: str) -> PendingRepeats:
    return PendingRepeats(KEY.shard, KEY.digest, alert_id, "event-1", 1, 1_000)


def test_the_first_opens_and_what_follows_repeats_or_is_recorded(claims: Claims) -> None:
    assert _decide(claims, KEY, ALERT) == Decision(Verdict.OPEN, "alert-1", "event-1", number=1)
    again = ALERT._replace(event_id="event-9", alert_id="alert-9")
    assert _decide(claims, KEY, again) == Decision(Verdict.REPEAT, "alert-1", "event-1")
    assert _decide(claims, KEY, NEWS) == Decision(Verdict.RECORD, "alert-1", "event-2")
    assert _decide(claims, KEY, again) == Decision(Verdict.RECORD, "alert-1", "event-9")


def test_another_key_is_another_matter(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    for other in (
        replace(KEY, event_key="k2"),
        replace(KEY, project_id="project-2"),
        replace(KEY, workspace_id="workspace-2"),
        replace(KEY, domain_id="domain-2"),
    ):
        assert _decide(claims, other, NEWS).verdict is Verdict.OPEN


def test_parts_of_a_key_never_run_together() -> None:
    one = DedupKey("a", "b", "c", "d")
    assert one.digest != DedupKey("ab", "", "c", "d").digest
    assert one.digest != DedupKey("a", "bc", "", "d").digest


def test_policies(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    every = ALERT._replace(always_record=True, event_id="event-5")
    assert _decide(claims, KEY, every).verdict is Verdict.RECORD
    assert _decide(claims, KEY, every).verdict is Verdict.REPEAT  # the same call, sent again
    first = NEWS._replace(never_record=True, event_id="event-6")
    assert _decide(claims, KEY, first) == Decision(Verdict.JOIN, "alert-1", "event-5")
    claims.say([(KEY, "alert-9", first.fingerprint)])
    assert _decide(claims, KEY, first).verdict is Verdict.JOIN
    claims.say([(KEY, "alert-1", first.fingerprint)])
    assert _decide(claims, KEY, first) == Decision(Verdict.REPEAT, "alert-1", "event-5")
    manual = first._replace(recovers=True, event_id="event-7")
    assert _decide(claims, KEY, manual) == Decision(Verdict.RECORD, "alert-1", "event-7")
    assert _decide(claims, KEY, ALERT).verdict is Verdict.RECORD
    assert _decide(claims, KEY, ALERT).verdict is Verdict.REPEAT


def test_a_recovery_ends_the_claim_and_the_next_alarm_opens_an_alert(claims: Claims) -> None:
    assert _decide(claims, KEY, RECOVERY) == UNKNOWN
    _decide(claims, KEY, ALERT)
    assert _decide(claims, KEY, RECOVERY) == Decision(Verdict.END, "alert-1", "event-1")
    assert _decide(claims, KEY, RECOVERY) == UNKNOWN
    claims.end([EndedClaim(KEY, "alert-1", 600_000)])
    assert _decide(claims, KEY, NEWS) == Decision(
        Verdict.OPEN, "alert-2", "event-2", number=2, seen=True
    )


def test_a_key_that_had_an_alert_is_known_by_its_bit(claims: Claims, client: RedisClient) -> None:
    other = replace(KEY, event_key="k2")
    assert not _decide(claims, KEY, ALERT).seen
    client.delete(*client.keys("*:claim:*"))
    assert [one.seen for one in claims.decide([(KEY, ALERT), (other, ALERT)])] == [True, False]
    assert not _decide(claims, replace(KEY, workspace_id="workspace-2"), ALERT).seen


def test_where_another_program_has_the_bits_every_key_may_have_had_an_alert(
    claims: Claims, client: RedisClient
) -> None:
    _decide(claims, KEY, ALERT)
    (bits,) = client.keys("*:seen")
    client.delete(bits)
    client.rpush(bits, "x")
    assert _decide(claims, replace(KEY, event_key="k2"), ALERT).seen


@pytest.mark.parametrize("lacking", ["event", "print"])
def test_of_a_claim_that_lacks_something_the_database_decides(
    claims: Claims, client: RedisClient, lacking: str
) -> None:
    _decide(claims, KEY, ALERT)
    (claim,) = client.keys("*:claim:*")
    client.hdel(claim, lacking)
    assert _decide(claims, KEY, ALERT) == UNKNOWN


def test_who_opens_the_next_alert_is_not_ended_with_the_last(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    _decide(claims, KEY, RECOVERY)
    assert _decide(claims, KEY, NEWS) == Decision(
        Verdict.OPEN, "alert-2", "event-2", number=2, seen=True
    )
    claims.end([EndedClaim(KEY, "alert-1", 600_000)])
    assert _decide(claims, KEY, NEWS).verdict is Verdict.REPEAT


def test_the_claim_of_a_resolved_alert_is_not_installed(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    _decide(claims, KEY, RECOVERY)
    claims.install([_held("alert-1", "event-1", "f1", "f1")])
    assert _decide(claims, KEY, NEWS).verdict is Verdict.OPEN
    claims.end([EndedClaim(KEY, "alert-2", 600_000)])
    claims.install([_held("alert-7", "event-7", "f2", "f2")])
    claims.end([EndedClaim(KEY, "alert-2", 600_000)])
    assert _decide(claims, KEY, NEWS) == Decision(Verdict.REPEAT, "alert-7", "event-7")
    claims.install([_held("alert-7", "event-7", "f2", "f1")])
    assert _decide(claims, KEY, NEWS) == Decision(Verdict.JOIN, "alert-7", "event-7")
    assert _decide(claims, KEY, ALERT) == Decision(Verdict.RECORD, "alert-7", "event-1")
    assert _decide(claims, KEY, ALERT).verdict is Verdict.REPEAT


def test_only_the_holder_is_ended_or_dropped(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    claims.end([EndedClaim(KEY, "alert-9", 600_000)])
    assert not claims.drop(_pending("alert-9"))
    assert _decide(claims, KEY, ALERT).verdict is Verdict.REPEAT
    assert claims.drop(_pending("alert-1"))
    assert _decide(claims, KEY, ALERT).verdict is Verdict.OPEN
    claims.end([EndedClaim(KEY, "alert-1", 600_000)])
    assert _decide(claims, KEY, ALERT) == Decision(
        Verdict.OPEN, "alert-1", "event-1", number=3, seen=True
    )


def test_counts_stay_until_they_are_settled(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    for at_ms in (5_000, 6_000, 7_000):
        _decide(claims, KEY, ALERT._replace(at_ms=at_ms))
    assert claims.orphans(before_ms=7_000) == []
    (pending,) = claims.orphans(before_ms=7_001)
    assert pending == PendingRepeats(KEY.shard, KEY.digest, "alert-1", "event-1", 3, 7_000)
    claims.settle([replace(pending, count=2)])
    assert [one.count for one in claims.orphans(before_ms=8_000)] == [1]
    claims.settle([pending])
    assert claims.orphans(before_ms=8_000) == []
    assert claims.settle([pending])  # as after a Redis that was emptied


def test_what_another_program_has_made_of_the_counts_is_no_orphan(
    claims: Claims, client: RedisClient
) -> None:
    _decide(claims, KEY, ALERT)
    _decide(claims, KEY, ALERT)
    (pending,) = client.keys("*:pending")
    client.delete(pending)
    client.set(pending, "a text")
    assert claims.orphans(before_ms=2_000) == []


def test_what_is_orphaned_is_adopted_once(claims: Claims) -> None:
    _decide(claims, KEY, ALERT)
    _decide(claims, KEY, ALERT._replace(at_ms=5_000))
    orphans = claims.orphans(before_ms=6_000)
    (adopted,) = claims.adopt(orphans)
    assert claims.adopt(orphans) == []
    assert claims.orphans(before_ms=6_000) == [adopted]
    assert claims.settle([adopted])
    assert claims.orphans(before_ms=6_000) == []


def test_who_opens_has_the_next_number_of_the_workspace(claims: Claims) -> None:
    keys = [replace(KEY, event_key=f"k{number}") for number in range(3)]
    other = replace(KEY, workspace_id="workspace-2")
    asked = [(key, ALERT) for key in (keys[0], keys[1], keys[0], other, keys[2])]
    assert [one.number for one in claims.decide(asked)] == [1, 2, 0, 1, 3]
    assert claims.draw_numbers([NumberDraw(KEY, 2, floor=0)]) == [range(4, 6)]


def test_numbers_may_go_back(claims: Claims) -> None:
    def drawn(count: int, floor: int = 0) -> list[range] | None:
        return claims.draw_numbers([NumberDraw(KEY, count, floor)])

    assert drawn(2) == [range(1, 3)]
    claims.return_numbers([(KEY, 1)])
    assert drawn(1) == [range(3, 4)]
    claims.return_numbers([(KEY, 3), (KEY, 0)])
    assert drawn(2) == [range(3, 5)]
    claims.return_numbers([(KEY, 3), (KEY, 4)])
    assert drawn(1) == [range(3, 4)]
    assert drawn(1, floor=10) == [range(11, 12)]
    assert drawn(3, floor=5) == [range(12, 15)]


def test_a_counter_that_may_not_start_has_no_number(client: RedisClient) -> None:
    claims = Claims(client, f"test-{uuid4().hex}", RedisGate(), numbers_from_1=False)
    assert _decide(claims, KEY, ALERT) == Decision(Verdict.OPEN, "alert-1", "event-1")
    assert claims.draw_numbers([NumberDraw(KEY, 1, floor=50)]) == [range(51, 52)]
    assert _decide(claims, replace(KEY, event_key="k2"), ALERT).number == 52


def test_a_counter_of_another_program_has_no_number(claims: Claims, client: RedisClient) -> None:
    _decide(claims, KEY, ALERT)
    (counter,) = client.keys("*:number:*")
    client.set(counter, "a text")
    assert _decide(claims, replace(KEY, event_key="k2"), ALERT).number == 0


def test_what_comes_together_is_decided_in_its_order(claims: Claims) -> None:
    others = [replace(KEY, event_key=f"other-{number}") for number in range(100)]
    asked = [(KEY, ALERT), (KEY, ALERT), (KEY, NEWS), (KEY, RECOVERY)]
    mixed = [
        one for pair in zip(asked, [(key, ALERT) for key in others], strict=False) for one in pair
    ]
    decided = claims.decide(mixed + [(key, ALERT) for key in others[4:]])
    verdicts = [decision.verdict for decision in decided]
    assert verdicts[:8:2] == [Verdict.OPEN, Verdict.REPEAT, Verdict.RECORD, Verdict.END]
    assert set(verdicts[1:8:2] + verdicts[8:]) == {Verdict.OPEN}


def test_a_redis_that_forgot_the_scripts_is_told_again(claims: Claims, client: RedisClient) -> None:
    client.script_flush()
    claims.load()
    digests = [client.register_script(script.lua).sha for script in scripts.ALL]
    assert client.script_exists(*digests) == [True] * len(digests)
    client.script_flush()
    assert _decide(claims, KEY, ALERT).verdict is Verdict.OPEN
    assert _decide(claims, KEY, ALERT).verdict is Verdict.REPEAT


def test_the_window_slides(claims: Claims, client: RedisClient) -> None:
    _decide(claims, KEY, ALERT)
    (name,) = client.keys("*:claim:*")
    assert 60_000 < client.pttl(name) <= 600_000
    client.pexpire(name, 1_000)
    _decide(claims, KEY, NEWS._replace(window_ms=60_000))
    left = client.pttl(name)
    assert isinstance(left, int)
    assert 30_000 < left <= 60_000
    claims.install([_held("alert-1", "event-1", "f1", "f1")])
    assert 60_000 < client.pttl(name) <= 600_000


def test_a_tombstone_stays_a_minute_at_least_and_not_for_ever(
    claims: Claims, client: RedisClient
) -> None:
    _decide(claims, KEY, ALERT)
    _decide(claims, KEY, RECOVERY._replace(window_ms=1_000))
    (name,) = client.keys("*:claim:*")
    assert 30_000 < client.pttl(name) <= 60_000
    claims.end([EndedClaim(KEY, "alert-1", 600_000)])
    assert 60_000 < client.pttl(name) <= 600_000
    claims.end([EndedClaim(KEY, "alert-1", 1_000)])
    assert 30_000 < client.pttl(name) <= 60_000


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _fail(client: RedisClient, gate: RedisGate) -> None:
    client.set("no-list", "a text")
    with pytest.raises(ResponseError), gate.call("say"):
        client.lpush("no-list", "x")


class _Gate(RedisGate):
    """Counts who asks whether Redis may be asked."""

    entered = 0

    def enter(self) -> bool:
        self.entered += 1
        return super().enter()


def test_nothing_is_made_ready_for_a_redis_that_may_not_be_asked(client: RedisClient) -> None:
    """It would be told of a thousand keys first, and be made ready to be so by every call."""
    clock = _Clock()
    gate = _Gate(pause=1.0, clock=clock)
    claims = Claims(client, "away", gate)
    _fail(client, gate)
    assert [_decide(claims, KEY, ALERT) for _ in range(3)] == [UNKNOWN] * 3
    assert gate.entered == 0
    clock.now = 1.0
    assert _decide(claims, KEY, ALERT).verdict is Verdict.OPEN


def test_what_redis_was_not_told_is_not_believed(client: RedisClient) -> None:
    clock = _Clock()
    gate = RedisGate(pause=1.0, clock=clock)
    claims = Claims(client, "untold", gate)
    first, second = (ALERT._replace(never_record=True, fingerprint=one) for one in ("f1", "f2"))
    assert _decide(claims, KEY, first).verdict is Verdict.OPEN
    assert _decide(claims, KEY, second).verdict is Verdict.JOIN
    _fail(client, gate)
    claims.say([(KEY, "alert-1", "f2")])
    clock.now = 1.0
    # By what Redis has it repeats what was said last.
    assert _decide(claims, KEY, first).verdict is not Verdict.REPEAT


def test_without_redis_nothing_is_decided_and_nothing_it_had_counts(client: RedisClient) -> None:
    clock = _Clock()
    gate = RedisGate(pause=1.0, clock=clock)
    claims = Claims(client, "without", gate)
    _decide(claims, KEY, ALERT)
    _decide(claims, KEY, ALERT)
    orphans = claims.orphans(before_ms=2_000)
    assert len(orphans) == 1
    _fail(client, gate)
    assert claims.decide([(KEY, NEWS), (KEY, ALERT)]) == [UNKNOWN, UNKNOWN]
    assert claims.draw_numbers([NumberDraw(KEY, 1, floor=0)]) is None
    assert claims.orphans(before_ms=2_000) == []
    assert claims.adopt(orphans) == []
    assert not claims.settle(orphans)
    assert claims.settle([])  # Redis need not be asked
    clock.now = 1.0
    assert _decide(claims, KEY, NEWS).verdict is Verdict.OPEN
    assert claims.orphans(before_ms=2_000) == orphans


def test_without_redis_nobody_waits_for_it_again_and_again(client: RedisClient) -> None:
    clock = _Clock()
    gate = RedisGate(pause=1.0, clock=clock)
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        with gate.call("decide"):
            client.lpush("no-list", "x")

    client.set("no-list", "a text")
    for _ in range(3):
        if gate.enter():
            with pytest.raises(ResponseError, match="WRONGTYPE"):
                ask()
    assert asked == 1
    clock.now = 1.0
    assert gate.enter()
    assert not gate.enter()
    with gate.call("decide"):
        assert client.ping()
    assert gate.enter()
    assert gate.enter()

"""The same seed makes the same calls, and repeats and recoveries have what they are of."""

from __future__ import annotations

from random import Random

from chaos.calls import Call, Hook, Kind
from chaos.journal import Sent
from chaos.workload import Workload

HOOKS = [
    Hook("webhook-1", "a", "workspace-1"),
    Hook("webhook-2", "b", "workspace-2"),
    Hook("webhook-3", "c", "workspace-1", brief=True),
]


def calls(seed: int, status: str = "OK") -> list[Call]:
    workload = Workload(0, HOOKS, Random(seed))  # noqa: S311 - chosen by a seed
    made = []
    for number in range(500):
        made.append(workload.next())
        workload.learn(Sent(made[-1], (status,), float(number), float(number)))
    return made


def test_a_seed_makes_the_same_calls_again() -> None:
    assert calls(1) == calls(1)
    assert calls(1) != calls(2)


def test_every_kind_is_sent_and_no_two_calls_have_a_name() -> None:
    made = calls(1)
    assert {one.kind for one in made} == set(Kind)
    assert len({one.delivery for one in made}) == len(made)
    assert {one.hook.webhook_id for one in made} == {hook.webhook_id for hook in HOOKS}
    assert {bool(one.traceparent) for one in made} == {True, False}


def test_repeats_and_recoveries_follow_an_alert_of_their_key() -> None:
    said: dict[str, str] = {}
    for call in calls(1):
        if call.kind is Kind.CHANGED:
            assert call.says not in said.values()
            said[call.event_key] = call.says
        elif call.kind is Kind.REPEAT:
            assert call.says == said[call.event_key]
        elif call.kind is Kind.RECOVERY:
            assert said.pop(call.event_key)


def test_a_story_ends_with_a_call_of_which_nothing_is_known() -> None:
    stories = [one for one in calls(1, "UNAVAILABLE") if one.kind is Kind.CHANGED]
    assert len({one.event_key for one in stories}) == len(stories)

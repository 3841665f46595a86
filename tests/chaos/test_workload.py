"""The same seed makes the same calls, and repeats and recoveries have what they are of."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from chaos.calls import Call, Group, Hook, Kind
from chaos.journal import Sent
from chaos.workload import Workload
from event_service.manager.event_bodies import body_id_for
from event_service.manager.stored_object import stored_object

HOOKS = [
    Hook("webhook-1", "a", "workspace-1"),
    Hook("webhook-2", "b", "workspace-2"),
    Hook("webhook-3", "c", "workspace-1", brief=True),
]


def creates(seed: int, status: str = "OK") -> list[Call | Group]:
    workload = Workload(0, HOOKS, Random(seed))  # noqa: S311 - chosen by a seed
    made = []
    for number in range(500):
        made.append(workload.next())
        said, body, at = made[-1].calls, made[-1].body, float(number)
        workload.learn([Sent(one, body, (status,), at, at) for one in said])
    return made


def calls(seed: int, status: str = "OK") -> list[Call]:
    return [call for one in creates(seed, status) for call in one.calls]


def groups(seed: int, status: str = "OK") -> list[Group]:
    return [one for one in creates(seed, status) if isinstance(one, Group)]


def test_a_seed_makes_the_same_calls_again() -> None:
    assert calls(1) == calls(1)
    assert calls(1) != calls(2)


def test_every_kind_is_sent_and_no_two_calls_have_a_name() -> None:
    made = calls(1)
    assert {one.kind for one in made} == set(Kind)
    assert len({one.delivery for one in made}) == len(creates(1))
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
    made = [one for one in creates(1, "UNAVAILABLE") if isinstance(one, Call)]
    stories = [one for one in made if one.kind is Kind.CHANGED]
    assert len({one.event_key for one in stories}) == len(stories)


def test_a_group_is_kept_apart_from_its_events() -> None:
    for one in groups(1):
        assert body_id_for(stored_object(one.body), len(one.calls))
        assert {call.delivery for call in one.calls} == {one.body["delivery"]}


def test_a_group_goes_on_until_nothing_is_known_of_it() -> None:
    own = [
        [one for one in made if one.calls[0].kind is not Kind.HOT]
        for made in (groups(1), groups(1, "UNAVAILABLE"))
    ]
    known, unknown = ([{call.event_key for call in one.calls} for one in made] for made in own)
    assert any(one & other for one, other in pairwise(known))
    assert not any(one & other for one, other in pairwise(unknown))


def test_only_a_call_that_has_a_name_says_two_things_of_a_key() -> None:
    twice = [len({call.event_key for call in one.calls}) < len(one.calls) for one in groups(1)]
    assert any(twice)
    assert all(one.traceparent for one, is_twice in zip(groups(1), twice, strict=True) if is_twice)

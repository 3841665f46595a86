"""Which shard a document is on."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from simulate.placement import Placement, largest_to_mean, zipf_weights
from simulate.scenario import AlertKey, EventKey
from tests.simulate.small import SMALL


@pytest.mark.parametrize("key", EventKey)
def test_who_asks_for_a_domain_finds_all_its_events(key: EventKey) -> None:
    placement = Placement(replace(SMALL, event_key=key, shards=7))
    random = Random(1)  # noqa: S311 - no secret
    for domain in range(SMALL.domains):
        asked = placement.events_of_domain(domain)
        assert {placement.event(domain, random.random()) for _ in range(200)} <= set(asked)
        assert len(asked) == (7 if key is EventKey.EVENT_ID else len(asked))
    if key is EventKey.DOMAIN:
        assert all(len(placement.events_of_domain(one)) == 1 for one in range(SMALL.domains))


def test_ranges_of_domains_share_the_usual_load_out_evenly() -> None:
    placement = Placement(replace(SMALL, event_key=EventKey.DOMAIN_EVENT_ID, shards=7))
    loads = [0.0] * 7
    for domain, share in enumerate(zipf_weights(SMALL.domains, SMALL.zipf)):
        for at in range(1_000):
            loads[placement.event(domain, at / 1_000)] += share / 1_000
    assert max(loads) * 7 == pytest.approx(1, rel=0.02)


def test_the_alerts_of_a_workspace_stay_together_and_those_of_a_key_too() -> None:
    by_workspace = Placement(replace(SMALL, alert_key=AlertKey.WORKSPACE, shards=7))
    of_workspace = {by_workspace.alert(3, key) for key in range(0, 40, SMALL.workspaces)}
    assert len(of_workspace) == 1
    by_key = Placement(replace(SMALL, alert_key=AlertKey.DEDUP_KEY, shards=7))
    assert len({by_key.alert(3, key) for key in range(40)}) == 7
    assert by_key.alert(3, 1) == by_key.alert(3, 1)


def test_skew_is_that_of_the_busiest() -> None:
    assert largest_to_mean([2, 2, 2]) == 1
    assert largest_to_mean([6, 0, 0]) == 3
    assert largest_to_mean([0, 0]) == 1

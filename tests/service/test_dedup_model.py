"""Drawn sequences of deliveries lead to what the model of them says (CONTRACT 3 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from event_service.store_clients import connect_redis
from tests.service.dedup_steps import CHOICES, SEQUENCES, Choice, Step
from tests.service.dedup_world import Hours, World
from tests.service.test_wire_properties import ALWAYS_THE_SAME

if TYPE_CHECKING:
    from event_service.auth.local import LocalKeyPair
    from event_service.settings import Settings
    from tests.service.running import Start

Begin = Callable[[Sequence[Choice]], World]


@pytest.fixture(scope="module")
def begin(
    start_module: Start, redis_url: str, store_settings: Settings, keys: LocalKeyPair
) -> Iterator[Begin]:
    """A function that gives two processes, and webhooks to which nothing has come."""
    clock = Hours()
    # Changes of webhooks are told to the other process, but nothing says when it has heard.
    processes = [start_module(clock=clock, webhook_cache_seconds=0) for _ in range(2)]
    redis = connect_redis(redis_url, store_settings)

    def begin(choices: Sequence[Choice]) -> World:
        return World(processes, redis, keys, clock, choices)

    yield begin
    redis.flushdb()
    redis.close()


@settings(ALWAYS_THE_SAME, max_examples=80)
@given(choices=CHOICES, steps=SEQUENCES)
def test_any_sequence_leads_to_what_the_model_says(
    begin: Begin, choices: Sequence[Choice], steps: Sequence[Step]
) -> None:
    world = begin(choices)
    for step in steps:
        world.take(step)
    world.check()

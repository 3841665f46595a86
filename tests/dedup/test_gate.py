"""What the log says of a Redis that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from redis.exceptions import ResponseError

from event_service.dedup.gate import RedisGate
from tests.clock import Clock

if TYPE_CHECKING:
    from structlog.typing import EventDict

    from event_service.store_clients import RedisClient

FAILS = "redis does not answer or refuses; the database decides"


class Asking:
    """Asks Redis through a gate: what it does, and what it refuses."""

    def __init__(self, client: RedisClient) -> None:
        self.clock = Clock()
        self._gate = RedisGate(pause=1.0, clock=self.clock)
        self._client = client
        client.set("no-list", "a text")

    def in_vain(self) -> None:
        with pytest.raises(ResponseError, match="WRONGTYPE"), self._gate.call("decide"):
            self._client.lpush("no-list", "x")

    def well(self) -> None:
        with self._gate.call("decide"):
            assert self._client.ping()


@pytest.fixture
def asking(client: RedisClient) -> Asking:
    return Asking(client)


def _told(log: list[EventDict]) -> list[object]:
    return [line["event"] for line in log]


def test_what_redis_said_is_told(asking: Asking, log: list[EventDict]) -> None:
    asking.in_vain()
    (line,) = log
    assert line["event"] == FAILS
    assert str(line["fault"]).startswith("ResponseError: WRONGTYPE Operation against a key")


def test_one_that_does_some_things_and_refuses_others_is_told_once(
    asking: Asking, log: list[EventDict]
) -> None:
    # A full one reads, and draws no numbers.
    for _ in range(20):
        asking.in_vain()
        asking.clock.advance(1)
        asking.well()
        asking.clock.advance(1)
    assert _told(log) == [FAILS]


def test_that_it_does_all_again_is_told_once_it_has_for_a_while(
    asking: Asking, log: list[EventDict]
) -> None:
    asking.in_vain()
    asking.clock.advance(9)
    asking.well()
    assert _told(log) == [FAILS]
    asking.clock.advance(1)
    for _ in range(3):
        asking.well()
    assert _told(log) == [FAILS, "redis answers again"]
    asking.in_vain()
    assert _told(log) == [FAILS, "redis answers again", FAILS]

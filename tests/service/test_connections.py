"""Connections of gRPC: kept while their clients are there, and none for ever at one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.flood import Flood, keys
from tests.service.windowless import GOAWAY, PING, Windowless

if TYPE_CHECKING:
    from tests.service.held import Held
    from tests.service.running import Running, Start


def connected(running: Running) -> Windowless:
    return Windowless(int(running.service.address.rpartition(":")[2]))


def test_a_client_may_ask_as_often_as_it_likes_whether_we_are_there(running: Running) -> None:
    with connected(running) as client:
        client.watch()
        client.ping(20)
        client.watch()


def test_an_idle_client_is_asked_whether_it_is_there(start: Start) -> None:
    # It has as long again to answer, and the thread that does so may stand still meanwhile.
    with connected(start(keepalive_seconds=3)) as client:
        for _ in range(3):
            client.wait_for(PING, 0)
        client.watch()


def test_a_client_that_does_not_answer_is_let_go(start: Start) -> None:
    with connected(start(keepalive_seconds=1)) as client:
        client.watch()
        client.fall_silent()
        client.read_to_the_end()


def test_an_old_connection_ends_when_its_calls_are_answered(start: Start, held: Held) -> None:
    running = start(held, connection_seconds=1)
    webhook = running.webhook()
    flood = Flood(running.client.channel, webhook)
    flood.send(*keys(2))
    held.wait_for(2)
    with connected(running) as younger:
        younger.wait_for(GOAWAY, 0)
        younger.read_to_the_end()
    held.let_go()
    assert [answer.status for answer in flood.answers(2)] == ["OK", "OK"]
    assert running.client.create(webhook, {"title": "afterwards"}).status == "OK"


@pytest.mark.parametrize("age", [0, 7 * 24 * 3600])
def test_connections_may_last_for_ever_or_as_long_as_may_be_said(start: Start, age: float) -> None:
    running = start(keepalive_seconds=3600, connection_seconds=age)
    with connected(running) as client:
        for _ in range(3):
            client.watch()
            client.ping(20)
    assert running.client.create(running.webhook(), {"title": "x"}).status == "OK"

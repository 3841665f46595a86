"""HTTP stops with the service, and what is under way ends first."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from typing import TYPE_CHECKING

import pytest

from tests.service.http.asking import asking, connected, rest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.held import Held
    from tests.service.http.asking import HttpAnswer
    from tests.service.running import Running, Start


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.fixture
def running(start: Start, held: Held) -> Running:
    return start(held)


@pytest.fixture
def under_way(running: Running, held: Held, threads: ThreadPoolExecutor) -> Future[HttpAnswer]:
    """A delivery that doesn't end before it is let go."""
    http = asking(running)
    delivery = threads.submit(http.deliver, running.webhook(), {"title": "under way"})
    held.wait_for(1)
    return delivery


def test_what_is_under_way_ends_first(
    running: Running, held: Held, threads: ThreadPoolExecutor, under_way: Future[HttpAnswer]
) -> None:
    http = asking(running)
    with connected(http.address) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.recv(4) == b"HTTP"
        stopping = threads.submit(running.service.stop, 30)
        assert b'"ok"' in rest_of(idle)
    with pytest.raises(OSError, match="refused"):
        http.send("GET", "/healthz")
    assert not stopping.done()
    assert not under_way.done()
    held.let_go()
    assert under_way.result(30).status == 200
    stopping.result(30)


def test_a_stop_without_grace_waits_for_nothing(
    running: Running, threads: ThreadPoolExecutor, under_way: Future[HttpAnswer]
) -> None:
    threads.submit(running.service.stop, 0).result(30)
    answer = under_way.result(30)
    assert (answer.status, answer.code) == (500, "ERROR_UNKNOWN")
    assert "stopped" in answer.message


def test_a_second_stop_hurries_the_first(
    running: Running, threads: ThreadPoolExecutor, under_way: Future[HttpAnswer]
) -> None:
    http = asking(running)
    with connected(http.address) as idle:
        first = threads.submit(running.service.stop, 600)
        assert rest_of(idle) == b""
    assert not under_way.done()
    threads.submit(running.service.stop, 0).result(30)
    first.result(30)
    with pytest.raises((OSError, HTTPException)):
        under_way.result(30)

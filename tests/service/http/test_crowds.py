"""More of everything than there may be, over HTTP: refused at once, and others go on."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.http.asking import (
    Asking,
    asking,
    connected,
    delivery_head,
    rest_of,
    said,
    served,
)

if TYPE_CHECKING:
    import socket

    from tests.service.held import Held
    from tests.service.running import Running, Start, Webhook

MiB = 1024 * 1024


def begun(webhook: Webhook, address: str, body: dict[str, Any]) -> socket.socket:
    """A connection that has sent a whole delivery."""
    content = json.dumps(body).encode()
    connection = connected(address)
    lines = (f"Content-Length: {len(content)}", "Connection: close")
    connection.sendall(delivery_head(webhook, *lines) + content)
    return connection


def after_what_came(http: Asking) -> None:
    """Return when the service has read what was sent to it before."""
    for _ in range(2):
        assert http.send("GET", "/healthz").status == 200


def refusal(answer: bytes) -> str:
    """What a refusal says, which must name a time to wait."""
    status, body = said(answer)
    assert (status, body["detail"]["code"]) == (429, "ERROR_QUOTA_EXCEEDED")
    assert b"\r\nretry-after: 1\r\n" in answer.lower()
    return str(body["detail"]["message"])


def test_more_calls_than_may_wait(start: Start, held: Held) -> None:
    running = start(held, http_threads=1, waiting_per_thread=2)
    webhook, http = running.webhook(), asking(running)
    with ExitStack() as stack:
        inside = []
        for n in range(3):
            inside.append(stack.enter_context(begun(webhook, http.address, {"title": str(n)})))
            after_what_came(http)
        beyond = stack.enter_context(begun(webhook, http.address, {"title": "beyond"}))
        assert "calls at the same time, limit = 3" in refusal(rest_of(beyond))
        held.let_go()
        assert [said(rest_of(each)) for each in inside] == [(200, {})] * 3
    assert http.deliver(webhook, {"title": "later"}).status == 200
    assert sorted(event["title"] for event in running.events()) == ["0", "1", "2", "later"]


def test_reads_keep_no_place_of_deliveries(start: Start, held: Held) -> None:
    running = start(held, http_threads=1, waiting_per_thread=0)
    http = asking(running)
    with begun(running.webhook(), http.address, {"title": "a"}) as delivery:
        held.wait_for(1)
        assert http.call("list", {}).status == 200
        held.let_go()
        assert said(rest_of(delivery)) == (200, {})


def test_who_hangs_up_while_waiting_is_not_served(start: Start, held: Held) -> None:
    running = start(held, http_threads=1)
    webhook, http = running.webhook(), asking(running)
    with begun(webhook, http.address, {"title": "first"}) as first:
        held.wait_for(1)
        begun(webhook, http.address, {"title": "gone"}).close()
        after_what_came(http)
        held.let_go()
        assert said(rest_of(first)) == (200, {})
        assert http.deliver(webhook, {"title": "last"}).status == 200
    assert [event["title"] for event in running.events()] == ["first", "last"]
    assert held.bodies == 2


def test_who_hangs_up_before_anything_is_written_is_not_recorded(start: Start, held: Held) -> None:
    running = start(held, http_threads=1)
    webhook, http = running.webhook(), asking(running)
    gone = begun(webhook, http.address, {"title": "gone"})
    held.wait_for(1)
    gone.close()
    after_what_came(http)
    held.let_go()
    assert http.deliver(webhook, {"title": "last"}).status == 200
    assert [event["title"] for event in running.events()] == ["last"]


def test_more_bytes_than_fit_are_refused_and_given_back(start: Start, held: Held) -> None:
    running = start(held, max_request_bytes=2 * MiB, max_requests_bytes=3 * MiB)
    webhook, http = running.webhook(), asking(running)
    large = {"title": "large", "x": "x" * (2 * MiB - 1000)}
    with ThreadPoolExecutor() as threads:
        inside = threads.submit(http.deliver, webhook, large)
        held.wait_for(1)
        over_http = http.deliver(webhook, large)
        over_grpc = running.client.create(webhook, large)
        held.let_go()
        assert inside.result(30).status == 200
    assert (over_http.status, over_http.headers["retry-after"]) == (429, "1")
    assert f"bytes of requests at the same time, limit = {3 * MiB}" in over_http.message
    assert (over_grpc.status, over_grpc.code) == ("RESOURCE_EXHAUSTED", "ERROR_QUOTA_EXCEEDED")
    assert http.deliver(webhook, large).status == 200
    assert running.client.create(webhook, large).status == "OK"


class TestConnections:
    """Of two that may be open."""

    @pytest.fixture
    def running(self, start: Start, held: Held) -> Running:
        return start(held, http_connections=2)

    def test_the_one_idle_longest_makes_room(self, running: Running) -> None:
        address = asking(running).address
        with connected(address) as first, connected(address) as second:
            for each in (second, first):
                served(each)
            with connected(address) as third:
                assert rest_of(second) == b""
                for each in (first, third):
                    served(each)

    def test_one_that_has_just_come_has_not_been_idle_longest(self, running: Running) -> None:
        address = asking(running).address
        with connected(address) as first:
            served(first)
            with connected(address) as second, connected(address) as third:
                assert rest_of(first) == b""
                for each in (second, third):
                    served(each)

    def test_none_that_is_served_makes_room(self, running: Running, held: Held) -> None:
        webhook, http = running.webhook(), asking(running)
        with ExitStack() as stack:
            inside = [
                stack.enter_context(begun(webhook, http.address, {"title": str(n)}))
                for n in range(2)
            ]
            held.wait_for(2)
            beyond = stack.enter_context(connected(http.address))
            assert "open connections, limit = 2" in refusal(rest_of(beyond))
            held.let_go()
            assert [said(rest_of(each)) for each in inside] == [(200, {})] * 2
        assert http.send("GET", "/healthz").status == 200

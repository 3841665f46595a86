"""Whoever is too slow is let go, and others are served meanwhile."""

from __future__ import annotations

import socket
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from event_service.http import server
from tests.eventually import eventually
from tests.service.http.asking import asking, connected, delivery_head, rest_of, said, served

if TYPE_CHECKING:
    from tests.service.running import Running, Start

MiB = 1024 * 1024


@pytest.fixture(scope="module")
def impatient(start_module: Start) -> Running:
    """Soon tired of who never sends what it should."""
    return start_module(http_read_seconds=0.5, http_threads=1)


@pytest.fixture(scope="module")
def patient(start_module: Start) -> Running:
    """So that who sends all at once is in time, also where its thread stands still meanwhile."""
    return start_module(http_read_seconds=3, http_threads=1)


def send_a_body_after_its_answer(connection: socket.socket) -> None:
    connection.sendall(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
    refused = b""
    while not refused.endswith(b"}}"):
        chunk = connection.recv(65536)
        assert chunk
        refused += chunk
    connection.sendall(b"{}")


def test_a_body_that_does_not_come(patient: Running) -> None:
    webhook = patient.webhook("slow body")
    address = asking(patient).address
    with connected(address) as slow:
        slow.sendall(delivery_head(webhook, "Content-Length: 20") + b'{"title": ')
        assert asking(patient).deliver(webhook, {"title": "fast"}).status == 200
        status, body = said(rest_of(slow))
    assert (status, body["detail"]["code"]) == (408, "ERROR_DEADLINE_EXCEEDED")
    assert [event["title"] for event in patient.events()] == ["fast"]


@pytest.mark.parametrize("begun", [b"", b"POST /monitoring HTTP/1.1\r\nHost: a\r\nX: "])
def test_a_head_that_does_not_come(impatient: Running, begun: bytes) -> None:
    with connected(asking(impatient).address) as slow:
        slow.sendall(begun)
        assert rest_of(slow) == b""


@pytest.mark.parametrize("more", [b"", b"l"])
def test_a_second_head_that_does_not_come(patient: Running, more: bytes) -> None:
    with connected(asking(patient).address) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /hea")
        slow.sendall(more)
        received = rest_of(slow)
    assert received.count(b"HTTP/1.1 200 OK") == 1


def test_a_head_that_begins_after_an_answer_and_does_not_come(patient: Running) -> None:
    with connected(asking(patient).address) as slow:
        served(slow)
        slow.sendall(b"GET /hea")
        assert rest_of(slow) == b""


def test_a_body_that_comes_after_its_answer_begins_no_head(patient: Running) -> None:
    http = asking(patient)
    with connected(http.address) as late:
        send_a_body_after_its_answer(late)
        for _ in range(2):  # until the service has read it
            assert http.send("GET", "/healthz").status == 200
        with connected(http.address) as later:
            assert rest_of(later) == b""
        late.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert said(rest_of(late)) == (200, {"status": "ok"})


def test_a_connection_is_idle_when_a_body_has_come_after_its_answer(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_IDLE_SECONDS", 3)
    with connected(asking(start()).address) as late:
        send_a_body_after_its_answer(late)
        assert rest_of(late) == b""


@pytest.mark.parametrize(
    "before",
    [b"", b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"],
    ids=["a head", "a body after its answer"],
)
def test_what_comes_byte_by_byte(impatient: Running, before: bytes) -> None:
    with connected(asking(impatient).address) as slow:
        slow.sendall(before)
        slow.settimeout(0.05)
        received = b"nothing yet"
        while received:
            try:
                slow.sendall(b"X")
                received = slow.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break


def test_answers_that_are_not_taken(impatient: Running) -> None:
    with connected(asking(impatient).address) as slow:
        slow.settimeout(0.05)

        def let_go() -> bool:
            try:
                slow.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 1000)
            except TimeoutError:
                return False
            except OSError:
                return True
            return False

        eventually(let_go)


def test_who_has_taken_a_large_answer_may_stay_idle(patient: Running) -> None:
    http, webhook = asking(patient), patient.webhook("large")
    for title in ("first", "second", "third"):
        assert http.deliver(webhook, {"title": title, "x": "x" * 3 * MiB}).status == 200
    with closing(HTTPConnection(http.address, timeout=60)) as idle:
        idle.connect()
        # So little is under way at once that the service has to wait for its client.
        idle.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        idle.request("POST", "/monitoring/v1/event/list", b"{}", http.token)
        assert len(idle.getresponse().read()) > 9 * MiB
        for _ in range(2):  # as long as it would wait for one that takes some, and then nothing
            with connected(http.address) as later:
                assert rest_of(later) == b""
        idle.request("GET", "/healthz")
        assert idle.getresponse().status == 200


def test_a_client_that_hangs_up_within_its_body(patient: Running) -> None:
    webhook = patient.webhook("gone")
    with connected(asking(patient).address) as gone:
        gone.sendall(delivery_head(webhook, "Content-Length: 20") + b'{"title": ')
    assert asking(patient).send("GET", "/healthz").status == 200

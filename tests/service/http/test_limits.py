"""What is too large or no HTTP: bounded, and answered in JSON."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.service.http.asking import Asking, connected, delivery_head, rest_of, said

if TYPE_CHECKING:
    import socket

    from tests.service.running import Running, Webhook

pytestmark = pytest.mark.usefixtures("_clean")

MiB = 1024 * 1024


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_just_at_the_limit(running: Running, http: Asking, webhook: Webhook, encoding: str) -> None:
    body = f'{{"title": "{encoding}"}}'.ljust(4 * MiB).encode()
    sent = gzip.compress(body) if encoding == "gzip" else body
    assert http.deliver(webhook, sent, {"Content-Encoding": encoding}).status == 200
    assert len(running.events()) == 1


@pytest.mark.parametrize("size", [4 * MiB + 1, 8 * MiB, 64 * MiB])
def test_over_the_limit_by_its_length(
    running: Running, http: Asking, webhook: Webhook, size: int
) -> None:
    with connected(http.address) as connection:
        connection.sendall(delivery_head(webhook, f"Content-Length: {size}"))
        if size <= 16 * MiB:
            connection.sendall(b" " * size)
        status, body = said(rest_of(connection))
    assert (status, body["detail"]["code"]) == (413, "ERROR_QUOTA_EXCEEDED")
    assert str(4 * MiB) in body["detail"]["message"]
    assert not running.events()


def test_over_the_limit_before_it_is_sent(http: Asking, webhook: Webhook) -> None:
    with connected(http.address) as connection:
        lines = (f"Content-Length: {5 * MiB}", "Expect: 100-continue")
        connection.sendall(delivery_head(webhook, *lines))
        status, body = said(rest_of(connection))
    assert (status, body["detail"]["code"]) == (413, "ERROR_QUOTA_EXCEEDED")


def test_over_the_limit_in_chunks(running: Running, http: Asking, webhook: Webhook) -> None:
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with connected(http.address) as connection:
        connection.sendall(delivery_head(webhook, "Transfer-Encoding: chunked"))
        connection.sendall(chunk * 80 + b"0\r\n\r\n")
        status, body = said(rest_of(connection))
    assert (status, body["detail"]["code"]) == (413, "ERROR_QUOTA_EXCEEDED")
    assert not running.events()


def test_chunks_below_the_limit(running: Running, http: Asking, webhook: Webhook) -> None:
    with connected(http.address) as connection:
        connection.sendall(
            delivery_head(webhook, "Transfer-Encoding: chunked", "Connection: close")
        )
        for part in (b'{"tit', b'le": "in parts"}'):
            connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        connection.sendall(b"0\r\n\r\n")
        assert said(rest_of(connection)) == (200, {})
    (event,) = running.events()
    assert event["title"] == "in parts"


@pytest.mark.parametrize("size", [4 * MiB + 1, 1024 * MiB], ids=["little", "bomb"])
def test_what_gzip_blows_up(running: Running, http: Asking, webhook: Webhook, size: int) -> None:
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    packed = b"".join(packer.compress(b" " * MiB) for _ in range(size // MiB))
    packed += packer.compress(b" " * (size % MiB)) + packer.flush()
    assert len(packed) < 4 * MiB
    answer = http.deliver(webhook, packed, {"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (413, "ERROR_QUOTA_EXCEEDED")
    assert not running.events()


def test_a_bomb_within_a_bomb_is_no_json(http: Asking, webhook: Webhook) -> None:
    inner = gzip.compress(b" " * 16 * MiB)
    answer = http.deliver(webhook, gzip.compress(inner), {"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (400, "ERROR_INVALID_PARAMETER")


@pytest.mark.parametrize(
    "request_",
    [
        b"hello\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=["text", "header", "lengths", "tls"],
)
def test_what_is_no_http(http: Asking, request_: bytes) -> None:
    with connected(http.address) as connection:
        connection.sendall(request_)
        status, body = said(rest_of(connection))
    assert (status, body["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")


def test_chunks_that_are_none(running: Running, http: Asking, webhook: Webhook) -> None:
    with connected(http.address) as connection:
        connection.sendall(delivery_head(webhook, "Transfer-Encoding: chunked"))
        connection.sendall(b"zz\r\nno chunk\r\n")
        status, body = said(rest_of(connection))
    assert (status, body["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")
    assert not running.events()


def test_two_lengths_of_a_body_end_the_connection(
    running: Running, http: Asking, webhook: Webhook
) -> None:
    within = b"GET /version HTTP/1.1\r\nHost: a\r\n\r\n"
    with connected(http.address) as connection:
        lines = (f"Content-Length: {5 + len(within)}", "Transfer-Encoding: chunked")
        connection.sendall(delivery_head(webhook, *lines) + b"0\r\n\r\n" + within)
        told = rest_of(connection)
    status, body = said(told)
    assert (status, body["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")
    assert told.count(b"HTTP/1.1 ") == 1, "what a proxy took for a body is no request"
    assert not running.events()


@pytest.mark.parametrize("lines", ["", "Content-Length: 4\r\n"], ids=["chunks", "two lengths"])
def test_what_is_no_body_is_answered_once(
    http: Asking, caplog: pytest.LogCaptureFixture, lines: str
) -> None:
    head = f"GET /healthz HTTP/1.1\r\nHost: a\r\n{lines}Transfer-Encoding: chunked\r\n\r\n"
    with connected(http.address) as connection:
        connection.sendall(head.encode() + b"zz\r\n")
        told = rest_of(connection)
    assert (said(told)[0], told.count(b"HTTP/1.1 ")) == (400, 1)
    assert http.send("GET", "/healthz").status == 200
    assert not caplog.records, "the application's answer that came too late is no fault"


def test_a_head_that_never_ends(http: Asking) -> None:
    with connected(http.address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            _send_for_ever(connection)
    assert http.send("GET", "/healthz").status == 200


def _send_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)

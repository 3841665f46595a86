"""A process that may open no further file takes no connection, and says so once in a while."""

from __future__ import annotations

import os
import resource
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from event_service.admission.places import Places
from event_service.http.answers import refusal
from event_service.http.protocol import ConnectionLimits
from event_service.http.server import HttpServer
from event_service.http.workers import Workers
from tests.eventually import eventually
from tests.service.http.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from structlog.typing import EventDict

LIMITS = ConnectionLimits(waiting_seconds=60, connections=10)


@contextmanager
def _no_file_left() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    unused = os.dup(0)  # the lowest number that is free: all below it are taken
    os.close(unused)
    resource.setrlimit(resource.RLIMIT_NOFILE, (unused, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_it_is_told_once_and_goes_on_by_itself(
    log: list[EventDict], caplog: pytest.LogCaptureFixture
) -> None:
    server = HttpServer(refusal(418, "x"), "127.0.0.1", 0, LIMITS, [Workers(Places(1, 8))])
    server.start()
    host, _, port = server.address.rpartition(":")
    assert Asking(server.address).send("GET", "/").status == 418
    with socket.socket() as client:
        with _no_file_left():
            client.connect((host, int(port)))
            eventually(lambda: log or caplog.records)
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(64).startswith(b"HTTP/1.1 418")
    server.stop(5)
    # asyncio tries thousands of times in a second, and would write a traceback each time.
    assert caplog.records == []
    assert [(line["event"], line["fault"]) for line in log if line["log_level"] == "error"] == [
        ("no connection can be taken", "Too many open files")
    ]

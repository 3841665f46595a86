"""The socket that HTTP listens on."""

from __future__ import annotations

import socket

import pytest

from event_service.http.server import listening_socket
from event_service.start_errors import StartError


def test_connections_send_each_part_of_an_answer_at_once() -> None:
    with (
        listening_socket("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
    ):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("host", ["a..b", "a" * 64, "."])
def test_a_name_that_no_host_can_have(host: str) -> None:
    with pytest.raises(StartError, match="can't be listened on"):
        listening_socket(host, 0)

"""Channels to other services."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from event_service.grpc_endpoint import open_channel

if TYPE_CHECKING:
    import grpc


@pytest.mark.skipif(sys.platform != "linux", reason="an option of Linux")
@pytest.mark.parametrize("scheme", ["grpc", "grpc+ssl"])
def test_a_connection_whose_peer_is_lost_is_given_up_soon(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
        with open_channel(f"{scheme}://127.0.0.1:{port}", ()) as channel:
            method: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/a.Service/b")
            call = method.future(b"", timeout=60)
            connection, _ = place.accept()
            with connection, socket.socket(fileno=os.dup(_descriptor_to(port))) as ours:
                assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
            call.cancel()


def _descriptor_to(port: int) -> int:
    (found,) = (
        one.fd for one in psutil.Process().net_connections("tcp") if one.raddr[1:] == (port,)
    )
    return found

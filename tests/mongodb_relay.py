"""A MongoDB of several members, or of one alone, as far as its answers tell: a relay in front of
the one at hand, which answers some commands itself."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import bson
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pymongo.database import Database

    Answer = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
    """The answer to a command, HUNG_UP for none; None for what the database is to answer."""

HUNG_UP: Mapping[str, Any] = {"ok": 0.0}

_MOST = 65_536
_HEADER = struct.Struct("<iiii")
"""Length of the message, its number, the number that it answers, its kind."""
_OP_MSG = 2013
_BEFORE_COMMAND = struct.Struct("<iB")
"""Flags, and the kind of the first section: 0, a document."""


@contextmanager
def mongodb_relay(database: Database[dict[str, Any]], answer: Answer) -> Iterator[str]:
    """The address of the database, behind a relay (without TLS) to the primary that it is on."""
    database.command("ping")
    primary = database.client.address or pytest.fail("the database has no primary")

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(primary) as server:
                threading.Thread(target=self._tell, args=(server,), daemon=True).start()
                with self.request.makefile("rb") as asked:
                    while header := asked.read(_HEADER.size):
                        length, number, _, kind = _HEADER.unpack(header)
                        rest = asked.read(length - _HEADER.size)
                        its = answer(_command(rest)) if kind == _OP_MSG else None
                        if its is HUNG_UP:
                            return
                        if its is None:
                            server.sendall(header + rest)
                        else:
                            self.request.sendall(_message(number, its))

        def _tell(self, server: socket.socket) -> None:
            with suppress(OSError):
                while told := server.recv(_MOST):
                    self.request.sendall(told)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as relay:
        relay.daemon_threads = True
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        port = relay.server_address[1]
        yield f"mongodb://127.0.0.1:{port}/{database.name}?directConnection=true"
        relay.shutdown()


def _command(message: bytes) -> Mapping[str, Any]:
    size = int.from_bytes(message[_BEFORE_COMMAND.size :][:4], "little")
    body = message[_BEFORE_COMMAND.size :][:size]
    return cast("Mapping[str, Any]", bson.decode(body))


def _message(answers: int, document: Mapping[str, Any]) -> bytes:
    body = _BEFORE_COMMAND.pack(0, 0) + bson.encode(document)
    return _HEADER.pack(_HEADER.size + len(body), 0, answers, _OP_MSG) + body

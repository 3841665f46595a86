"""A Redis that closes the connection in place of the answer to some commands."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 65_536


@dataclass(slots=True)
class SilentRedis:
    """Where it listens, behind which port the Redis itself is, and what was not answered."""

    port: int
    behind: int
    unanswered: list[bytes] = field(default_factory=list)


@contextmanager
def silent_after(port: int, word: bytes) -> Iterator[SilentRedis]:
    """The Redis on ``port``, on a free one, where no command that has ``word`` is answered.

    One that has to know where it is reached may be named later: nobody else has the port by then.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", silent.behind)) as redis:
                threading.Thread(target=self._tell, args=(redis,), daemon=True).start()
                while asked := self.request.recv(_MOST):
                    if word in asked:
                        silent.unanswered.append(asked)
                        return
                    redis.sendall(asked)

        def _tell(self, redis: socket.socket) -> None:
            with suppress(OSError):
                while told := redis.recv(_MOST):
                    self.request.sendall(told)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        silent = SilentRedis(server.server_address[1], port)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield silent
        server.shutdown()

"""Stands between a service and its database, which is then a MongoDB that builds indexes slowly."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMBEDDED, _ANOTHER = b"secantusVersion", b"somebodyVersion"


@contextmanager
def slow_builds(mongodb_uri: str, seconds: float) -> Iterator[str]:
    """The address of a database whose first build takes so long, unless its client hangs up."""
    parts = urlsplit(mongodb_uri)
    place = (str(parts.hostname), int(parts.port or 0))
    first = threading.Lock()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            client: socket.socket = self.request
            with socket.create_connection(place) as server:
                while True:
                    for end in select.select([client, server], [], [])[0]:
                        try:
                            told = end.recv(1024 * 1024)
                        except ConnectionResetError:
                            return
                        if not told:
                            return
                        if end is server:
                            client.sendall(told.replace(_EMBEDDED, _ANOTHER))
                        elif b"createIndexes" in told and first.acquire(blocking=False):
                            if select.select([client], [], [], seconds)[0]:
                                return
                            server.sendall(told)
                        else:
                            server.sendall(told)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as between:
        threading.Thread(target=between.serve_forever, daemon=True).start()
        port = between.server_address[1]
        yield parts._replace(netloc=f"127.0.0.1:{port}").geturl()
        between.shutdown()

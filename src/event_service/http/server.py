"""Runs the application in a thread, with an event loop of its own."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import structlog
import uvicorn

from event_service.http.loop_faults import LoopFaults
from event_service.http.protocol import BoundedProtocol, ConnectionLimits
from event_service.socket_address import listening_address
from event_service.start_errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp

    from event_service.http.workers import Workers

_log = structlog.get_logger(__name__)

_IDLE_SECONDS = 75
"""How long a connection without a request is kept: longer than most proxies keep theirs, which
must be the first to let go of one."""


class HttpServer:
    """Listens from the start of its life, answers from ``start`` to ``stop``."""

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        limits: ConnectionLimits,
        workers: Iterable[Workers],
        *,
        shares_port: bool = False,
    ) -> None:
        """Take the port; 0 picks a free one. Raises StartError.

        ``workers`` are those of the application: they end with the server. With ``shares_port``
        other processes may listen on the same one.
        """
        self._workers = workers
        self._socket = listening_socket(host, port, shared=shares_port)
        bound = self._socket.getsockname()
        self.address = f"{host}:{bound[1]}"
        config = uvicorn.Config(
            cast("Any", app),
            http=cast("Any", partial(BoundedProtocol, limits=limits)),
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            # Its warnings are about what others send, as often as they like.
            log_level=logging.ERROR,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_IDLE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="http-loop")

    def start(self) -> None:
        """Answer requests."""
        self._thread.start()

    def stop(self, grace_seconds: float) -> None:
        """Take no more requests, let running ones end within the grace, end the others.

        Called again meanwhile, from another thread, a grace of 0 ends them at once. Also fit for
        a server that was never started.
        """
        if not self._thread.is_alive():
            self._socket.close()
            self._close_workers()
            return
        if self._server.should_exit and grace_seconds == 0:
            self._hurry()
        self._server.config.timeout_graceful_shutdown = math.ceil(grace_seconds)
        self._server.should_exit = True
        self._thread.join()
        self._close_workers()

    def _close_workers(self) -> None:
        for workers in self._workers:
            workers.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception:  # noqa: BLE001  # the last place of a thread
            _log.exception("http ended")

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(LoopFaults())
        await self._server.serve(sockets=[self._socket])

    def _hurry(self) -> None:
        def abort() -> None:
            self._server.force_exit = True
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()

        if self._loop is not None:
            self._loop.call_soon_threadsafe(abort)


def listening_socket(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that listens on an address; 0 picks a free port. Raises StartError.

    With ``shared`` other processes may listen on the same port.
    """
    try:
        family, address = listening_address(host, port)
        listening = socket.create_server(address, family=family, backlog=2048, reuse_port=shared)
    except OSError as error:
        raise StartError(
            f"{host}:{port} can't be listened on ({error.strerror or error})."
            " Set EVENT_HTTP_PORT (0 picks a free port, -1 switches HTTP off) or EVENT_HOST."
        ) from None
    # Inherited by connections, for asyncio does it only for sockets that name their protocol.
    # Without it an answer's body waits for the client to acknowledge its head: 40 ms, mostly.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening

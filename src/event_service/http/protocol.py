"""uvicorn's HTTP/1.1, with a bound on how long a request may take to come, and JSON alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from event_service.http.answers import JSON, problem

if TYPE_CHECKING:
    import asyncio

    from uvicorn.config import Config


class BoundedProtocol(H11Protocol):
    """One connection. It is closed when the head of a request is not there in time.

    uvicorn bounds the silence between two requests, but neither before the first nor within one.
    What comes of a body after its answer counts as a head that never ends.
    """

    def __init__(self, config: Config, *args: Any, head_seconds: float, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._head_seconds = head_seconds
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio: the connection stands."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """asyncio: some bytes came."""
        if not self._in_request:
            self._expect_head()
        super().data_received(data)
        if self._in_request:
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection is gone."""
        self._stop_timer()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """uvicorn: an answer was sent."""
        super().on_response_complete()
        begun, _ = self.conn.trailing_data
        if begun and not self._in_request:
            # The beginning of the next head came during the last request.
            self._expect_head()

    def send_400_response(self, msg: str) -> None:
        """uvicorn: what came is no HTTP. Answered once, and never as plain text."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = problem("ERROR_INVALID_PARAMETER", msg)
            head = h11.Response(
                status_code=400,
                reason=b"Bad Request",
                headers=[
                    ("Content-Type", JSON),
                    ("Content-Length", str(len(body))),
                    ("Connection", "close"),
                ],
            )
            for event in (head, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def _in_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_seconds, self.transport.close)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

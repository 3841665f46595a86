"""uvicorn's HTTP/1.1, with a bound on how long a client may keep it waiting, and JSON alone."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from event_service.admission.no_room import no_room
from event_service.admission.presence import always_there
from event_service.http.answers import JSON, problem, refusal
from event_service.http.statuses import retry_seconds, status_of
from event_service.http.targets import in_origin_form

if TYPE_CHECKING:
    import asyncio

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send
    from uvicorn.config import Config

    from event_service.admission.presence import Gone
    from event_service.errors import QuotaExceeded

_GONE: Final = "event_service.gone"


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """For how long a head, or a client that takes no more of an answer, is waited for; and how many
    connections may be open.
    """

    waiting_seconds: float
    connections: int


_TWO_LENGTHS: Final = refusal(
    HTTPStatus.BAD_REQUEST,
    "Content-Length and Transfer-Encoding exclude each other.",
    # A proxy that goes by the other one takes a part of the body for the next request.
    {"Connection": "close"},
)


def _has_two_lengths(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"content-length" in names and b"transfer-encoding" in names


def gone_of(request: Request) -> Gone:
    """Whether the client has closed the connection, as a function for any thread."""
    return cast("Gone", request.scope.get(_GONE, always_there))


class BoundedProtocol(H11Protocol):
    """One connection. It is closed when the head of a request is not there in time, or nothing of
    an answer is taken for as long.

    When there are as many as may be, the one that has been idle longest makes room for the next,
    and if all have requests under way the next is refused.

    uvicorn bounds the silence between two requests, but neither before the first nor within one.
    What comes of a body after its answer counts as a head, until all of it has come.
    """

    def __init__(self, config: Config, *args: Any, limits: ConnectionLimits, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._limits = limits
        self._idle_since = 0.0
        self._served = self.app
        self.app = cast("Any", self._serve)
        self._head_timer: asyncio.TimerHandle | None = None
        self._taking_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio: the connection stands."""
        super().connection_made(transport)
        self._idle_since = self.loop.time()
        if len(self.connections) > self._limits.connections and not self._made_room():
            self._refuse(no_room("open connections", self._limits.connections))
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """asyncio: some bytes came."""
        if not self._in_request:
            self._expect_head()
        super().data_received(data)
        begun, _ = self.conn.trailing_data
        if self._in_request:
            self._stop_timer()
        elif self.conn.their_state is h11.IDLE and not begun:
            # The last of a body whose answer was sent before: from here on as after any answer.
            self._stop_timer()
            ends, close = self.timeout_keep_alive, self.timeout_keep_alive_handler
            self.timeout_keep_alive_task = self.loop.call_later(ends, close)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection is gone."""
        self._stop_timer()
        self._stop_taking_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """asyncio: more is to be sent than the client takes."""
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        """asyncio: the client has taken most of it."""
        self._stop_taking_timer()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """uvicorn: an answer was sent."""
        super().on_response_complete()
        self._idle_since = self.loop.time()
        begun, _ = self.conn.trailing_data
        if begun and not self._in_request:
            # The beginning of the next head came during the last request.
            self._expect_head()

    def send_400_response(self, msg: str) -> None:
        """uvicorn: what came is no HTTP. Answered once, and never as plain text."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._answer(400, problem("ERROR_INVALID_PARAMETER", msg))
        self.transport.close()
        if self._in_request:
            # Else uvicorn would try to send what the application answers, and log that it can't.
            self.cycle.disconnected = True

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn begins the next request of a connection only after this one.
        cycle = self.cycle
        scope[_GONE] = lambda: cycle.disconnected
        in_origin_form(scope)
        served = _TWO_LENGTHS if _has_two_lengths(scope) else self._served
        await served(cast("Any", scope), cast("Any", receive), cast("Any", send))

    def _made_room(self) -> bool:
        others = cast("set[BoundedProtocol]", self.connections) - {self}
        idle = [other for other in others if not other._in_request]  # noqa: SLF001  # its kind
        if not idle:
            return False
        longest = min(idle, key=lambda other: other._idle_since)  # noqa: SLF001
        longest.transport.close()
        self.connections.discard(longest)
        return True

    def _refuse(self, fault: QuotaExceeded) -> None:
        retry = ("Retry-After", str(retry_seconds(fault)))
        self._answer(status_of(fault), problem(fault.code, fault.message), retry)
        self.transport.close()

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        head = h11.Response(
            status_code=status,
            reason=HTTPStatus(status).phrase.encode(),
            headers=[
                ("Content-Type", JSON),
                ("Content-Length", str(len(body))),
                ("Connection", "close"),
                *headers,
            ],
        )
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    @property
    def _in_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        if self._head_timer is None:
            seconds = self._limits.waiting_seconds
            self._head_timer = self.loop.call_later(seconds, self.transport.close)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _expect_taking(self) -> None:
        seconds, unsent = self._limits.waiting_seconds, self.transport.get_write_buffer_size()
        self._taking_timer = self.loop.call_later(seconds, self._see_taking, unsent)

    def _see_taking(self, unsent: int) -> None:
        # While writing is paused nothing is added to what is unsent.
        if self.transport.get_write_buffer_size() < unsent:
            self._expect_taking()
        else:
            self.transport.abort()

    def _stop_taking_timer(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
            self._taking_timer = None

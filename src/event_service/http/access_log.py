"""A line of the log for each request, without a secret in it."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Final

import structlog

from event_service.errors import Stopped
from event_service.http.answers import fault_answer
from event_service.http.metadata import CALLED
from event_service.http.statuses import CLIENT_CLOSED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger(__name__)

_MASK: Final = "***"
_ID: Final = re.compile(r"(?:webhook|event|alert)-[0-9a-f]{12}")
_MOST_SEGMENTS: Final = 8
_PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class PathMask:
    """Shows of a path only what can't be a key: words of our own paths, and ids.

    A key is masked also where it stands in the wrong place, in a path that we don't serve.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._words = frozenset(
            segment for path in paths for segment in path.split("/") if "{" not in segment
        )

    def shown(self, path: str) -> str:
        """The path as it may be logged."""
        segments = path.split("/", _MOST_SEGMENTS)
        return "/".join(
            segment if segment in self._words or _ID.fullmatch(segment) else _MASK
            for segment in segments
        )


class AccessLog:
    """ASGI: logs what came and what was answered; nothing that an application raises leaves it.

    A request that became a call has a line as a call already: its line here is then one of level
    DEBUG, as that of a probe always is.
    """

    def __init__(self, app: ASGIApp, mask: PathMask) -> None:
        self._app = app
        self._mask = mask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        began = time.perf_counter()
        status = CLIENT_CLOSED
        sent = 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = int(message["status"])
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except asyncio.CancelledError:
            # The service ends, and the call's thread can't be made to: nobody knows what becomes
            # of it. uvicorn would write a traceback and plain text.
            if status == CLIENT_CLOSED:
                await fault_answer(Stopped())(scope, receive, counted)
        except Exception as error:  # noqa: BLE001  # answered and logged where it was met
            _log.debug("http fault", cause=type(error).__name__)
        finally:
            client = scope.get("client")
            tell = _log.debug if scope["path"] in _PROBES or CALLED in scope else _log.info
            tell(
                "http",
                method=scope["method"],
                path=self._mask.shown(scope["path"]),
                status=status,
                bytes=sent,
                seconds=round(time.perf_counter() - began, 6),
                client=client[0] if client else None,
            )

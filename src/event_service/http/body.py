"""A request's body, read within limits of size and time, decompressed on the way."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from event_service.errors import InvalidParameter, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from event_service.admission.byte_budget import ByteBudget, Share

_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_PLAIN: Final = frozenset({"", "identity"})
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_MOST_MEMBERS: Final = 100
"""A gzip file may be many, one after the other; empty ones would cost much and give nothing."""
_DRAINED_BYTES: Final = 16 * 1024 * 1024
"""How much of a body that is too large is read and dropped: who still sends doesn't listen, and
would find the connection gone instead of our answer."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """``size`` in bytes, before and after decompression; ``seconds`` for the whole of it;
    ``budget`` for all bodies together.
    """

    size: int
    seconds: float
    budget: ByteBudget


@asynccontextmanager
async def body_of(request: Request, limits: BodyLimits) -> AsyncIterator[bytes]:
    """The body, decompressed, which counts for the budget as long as it is in use.

    Raises QuotaExceeded, TooLarge, InvalidParameter (damaged gzip), HTTPException (415 for another
    encoding, 408 out of time) and ``starlette.requests.ClientDisconnect``.
    """
    with limits.budget.share() as share:
        try:
            async with asyncio.timeout(limits.seconds):
                body = await _read(request, limits.size, share)
        except TimeoutError:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT,
                "The body did not arrive in time.",
                {"Connection": "close"},
            ) from None
        yield body


async def _read(request: Request, size: int, share: Share) -> bytes:
    sink = _sink(request, size)
    dropping = _declared(request) > size
    if dropping and _may_go_unread(request):
        raise TooLarge("bytes of one request", size)
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if not dropping:
            dropping = received > size or not sink.take(chunk)
            share.grow_to(sink.size)
        if dropping and received > size + _DRAINED_BYTES:
            break
    if dropping:
        raise TooLarge("bytes of one request", size)
    return sink.whole()


def _declared(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() else 0


def _may_go_unread(request: Request) -> bool:
    waits = request.headers.get("expect", "").lower() == "100-continue"
    return waits or _declared(request) > _DRAINED_BYTES


def _sink(request: Request, size: int) -> _Plain | _Gzip:
    encoding = ",".join(request.headers.getlist("content-encoding")).strip().lower()
    if encoding in _PLAIN:
        return _Plain()
    if encoding in _GZIP:
        return _Gzip(size)
    raise HTTPException(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Content-Encoding may be gzip or identity.",
        {"Accept-Encoding": "gzip"},
    )


class _Plain:
    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self.size = 0

    def take(self, chunk: bytes) -> bool:
        self._chunks.append(chunk)
        self.size += len(chunk)
        return True

    def whole(self) -> bytes:
        return b"".join(self._chunks)


class _Gzip:
    """Never holds more than ``size`` and one byte, whatever a small body would blow up to."""

    def __init__(self, size: int) -> None:
        self.size = 0
        self._room = size
        self._chunks: list[bytes] = []
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._members = 1
        self._begun = False

    def take(self, chunk: bytes) -> bool:
        """False once there is more than there may be."""
        while chunk:
            if self._member.eof:
                self._next_member()
            self._begun = True
            try:
                out = self._member.decompress(chunk, self._room + 1)
            except zlib.error:
                raise InvalidParameter("data", "damaged gzip") from None
            self._room -= len(out)
            if self._room < 0:
                return False
            self._chunks.append(out)
            self.size += len(out)
            chunk = self._member.unconsumed_tail or self._member.unused_data
        return True

    def _next_member(self) -> None:
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise InvalidParameter("data", "gzip of too many parts")
        self._member = zlib.decompressobj(_GZIP_WINDOW)

    def whole(self) -> bytes:
        if self._begun and not self._member.eof:
            raise InvalidParameter("data", "gzip that ends too early")
        return b"".join(self._chunks)

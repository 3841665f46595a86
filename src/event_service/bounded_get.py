"""One GET over HTTP, with one limit for all of its time, and one for the size of the answer.

A socket's time limit holds for each read alone: a server that sends a byte now and then, even of
the headers, could go on for ever.
"""

from __future__ import annotations

import http.client
import io
import time
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

from event_service.socket_address import is_loopback

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

    from _typeshed import WriteableBuffer

_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back."""

    status: int
    content: bytes

    @property
    def is_ok(self) -> bool:
        """Whether it is what was asked for."""
        return self.status == HTTPStatus.OK

    @property
    def is_transient(self) -> bool:
        """Whether another try may not meet the same refusal."""
        too_many = self.status == HTTPStatus.TOO_MANY_REQUESTS
        return too_many or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def bounded_get(
    url: str,
    seconds: float,
    most_bytes: int,
    handlers: Iterable[urllib.request.BaseHandler] = (),
) -> Fetched:
    """What an ``http://`` or ``https://`` address answers, by the environment's proxy if any,
    but not from this machine.

    Without further ``handlers`` every status is an answer, and no redirect is followed. Raises
    OSError when no whole answer of at most ``most_bytes`` has come after ``seconds``. The resolver
    of names has limits of its own, and so has each address of a name that does not answer.
    """
    deadline = _Deadline(seconds)
    content = bytearray()
    try:
        with _opener(deadline, handlers).open(url, timeout=seconds) as response:
            while chunk := response.read1(_CHUNK):
                content += chunk
                if len(content) > most_bytes:
                    raise OSError(f"longer than {most_bytes} bytes")
            # What http.client only tells of by itself where the answer came in chunks.
            if response.length:
                raise OSError(f"{response.length} bytes too short")
            return Fetched(response.status, bytes(content))
    except HTTPError as refused:
        refused.close()
        raise
    except (http.client.HTTPException, ValueError) as fault:
        raise OSError(f"no HTTP answer ({type(fault).__name__})") from None


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises TimeoutError when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not complete after {self._seconds} s")
        return left


class _Reader(io.RawIOBase):
    """Reads what comes over a socket for as long as is left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: _Deadline) -> None:
        self._raw = raw
        self._socket = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._socket.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Http(http.client.HTTPConnection):
    deadline: _Deadline

    def connect(self) -> None:
        self.timeout = self.deadline.left()
        super().connect()
        # For the handshake of TLS, which takes that as one limit for all of it.
        self.sock.settimeout(self.deadline.left())

    def response_class(  # type: ignore[override]  # http.client only ever calls it
        self, sock: socket.socket, *args: Any, **options: Any
    ) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, *args, **options)
        raw = response.fp.detach()
        response.fp = io.BufferedReader(_Reader(raw, sock, self.deadline))
        return response


class _Https(http.client.HTTPSConnection, _Http):
    """TLS over the one above."""


class _Handler(urllib.request.AbstractHTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self._open(_Http, request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self._open(_Https, request)

    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_

    def _open(self, kind: type[_Http], request: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, **options: Any) -> _Http:
            made = kind(host, **options)
            made.deadline = self._deadline
            return made

        return self.do_open(connection, request)


class _Proxies(urllib.request.ProxyHandler):
    def proxy_open(
        self,
        req: urllib.request.Request,
        proxy: str,
        type: str,  # noqa: A002  # its name there
    ) -> Any:
        # http:// is believed of this machine alone: on the way to a proxy others could answer.
        if is_loopback(urlsplit(req.full_url).hostname or ""):
            return None
        return super().proxy_open(req, proxy, type)


def _opener(
    deadline: _Deadline, handlers: Iterable[urllib.request.BaseHandler]
) -> urllib.request.OpenerDirector:
    # Put together by hand: the ready-made one opens file:// and ftp:// too.
    opener = urllib.request.OpenerDirector()
    for handler in (_Proxies(), _Handler(deadline), *handlers):
        opener.add_handler(handler)
    return opener

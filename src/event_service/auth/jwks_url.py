"""The document of public keys by domain, fetched from a web server."""

from __future__ import annotations

import time
import urllib.request
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import SplitResult, urlsplit

import structlog

from event_service.auth.jwks import MAX_DOCUMENT_BYTES, KeysByDomain, read_document
from event_service.bounded_get import bounded_get
from event_service.errors import Unavailable
from event_service.loading_cache import Lifetimes, LoadingCache
from event_service.socket_address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message
    from typing import IO

    from event_service.auth.jwk import VerificationKey

_log = structlog.get_logger(__name__)


class JwksUrl:
    """A KeySource over an ``https://`` address, or an ``http://`` one of this machine.

    ``seconds`` limits one fetch. The document is kept as ``lifetimes`` say: one fetch serves
    every domain. Raises ValueError when the address is none of those.
    """

    def __init__(
        self,
        url: str,
        seconds: float = 5.0,
        lifetimes: Lifetimes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = _parts(url)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of the public keys is no http(s) URL")
        if parts.username is not None:  # it is also there, empty, before a password
            raise ValueError("the address of the public keys can't carry a user or password")
        if not _is_private(parts):
            raise ValueError(
                "the address of the public keys must be https://: over http:// anybody"
                " on the way could put in their own"
            )
        self._url = url
        self._seconds = seconds
        self._documents = LoadingCache(self._fetch, lifetimes, clock)

    def get(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        """See KeySource."""
        return (self._documents.get(self._url) or {}).get(domain_id)

    def renew(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        """See KeySource."""
        return (self._documents.renew(self._url) or {}).get(domain_id)

    def _fetch(self, url: str) -> KeysByDomain:
        try:
            answer = bounded_get(url, self._seconds, MAX_DOCUMENT_BYTES, _handlers())
            return read_document(answer.content)
        except (OSError, ValueError) as reason:
            _log.warning("public keys not fetched", reason=str(reason))
            raise Unavailable("The public keys of tokens can't be fetched now.") from None


class _AsPrivateOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        target = urlsplit(newurl)
        if target.scheme != urlsplit(req.full_url).scheme or not _is_private(target):
            raise URLError("redirected to another scheme, or over http:// to another machine")
        fp.close()  # or all of its body would be read, whatever its size
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only now, and it may be none
    except ValueError:  # whose words repeat what may be a password
        return None
    return parts


def _is_private(parts: SplitResult) -> bool:
    """Whether nobody on the way can change what comes from there."""
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def _handlers() -> tuple[urllib.request.BaseHandler, ...]:
    return (
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _AsPrivateOnly(),
    )

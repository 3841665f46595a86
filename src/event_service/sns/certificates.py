"""The certificates that SNS signs with, fetched once and kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog
from cryptography import x509

from event_service.errors import Unavailable
from event_service.loading_cache import Lifetimes, LoadingCache
from event_service.sns.addresses import is_certificate_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_service.sns.fetch import Fetch

_log = structlog.get_logger(__name__)

_LIFETIMES: Final = Lifetimes(found=86_400, absent=60, stale=0, capacity=64)


class Certificates:
    """Certificates by the URL that a message names. Safe for many threads."""

    def __init__(
        self,
        fetch: Fetch,
        lifetimes: Lifetimes = _LIFETIMES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._kept: LoadingCache[str, x509.Certificate] = LoadingCache(self._load, lifetimes, clock)

    def get(self, url: str) -> x509.Certificate | None:
        """The certificate, None where there is none or the URL is not of SNS.

        Raises Unavailable when it can't be fetched now.
        """
        return self._kept.get(url) if is_certificate_url(url) else None

    def _load(self, url: str) -> x509.Certificate | None:
        try:
            fetched = self._fetch(url)
        except OSError as fault:
            _log.warning("no certificate of SNS", url=url, fault=str(fault))
            raise Unavailable("The certificate of SNS can't be fetched now.") from None
        if fetched.is_transient:
            _log.warning("no certificate of SNS", url=url, status=fetched.status)
            raise Unavailable("The certificate of SNS can't be fetched now.")
        if not fetched.is_ok:
            _log.warning("no certificate of SNS", url=url, status=fetched.status)
            return None
        try:
            return x509.load_pem_x509_certificate(fetched.content)
        except (ValueError, x509.InvalidVersion):
            _log.warning("no certificate of SNS", url=url, fault="not a certificate")
            return None

"""Without tokens, a browser's word that one of our own pages asks has to do.

Any page on the web may make a browser on this machine post to a loopback address, and any name in
DNS may point to one. A token is nothing that a browser sends by itself, so this matters only where
none is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from event_service.errors import PermissionDenied
from event_service.socket_address import is_loopback

if TYPE_CHECKING:
    from starlette.datastructures import Headers

_OWN_SITES: Final = frozenset({"same-origin", "none"})


def admit_all(headers: Headers) -> None:
    """Admit every request: who calls is known by a token."""


def admit_local_pages(headers: Headers) -> None:
    """Admit what was sent to a loopback name, and not by another site's page.

    Raises PermissionDenied.
    """
    sent_to = _address(f"//{headers.get('host', '')}")
    if sent_to is None or not is_loopback(sent_to.hostname or ""):
        raise PermissionDenied("Without authentication only requests to localhost are answered.")
    admit_own_pages(headers)


def admit_own_pages(headers: Headers) -> None:
    """Admit what was not sent by another site's page. Raises PermissionDenied."""
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        own = site in _OWN_SITES
    else:
        own = origin is None or _is_of(origin, headers.get("host"))
    if not own:
        raise PermissionDenied("Without authentication no other site's page is answered.")


def _is_of(origin: str, host: str | None) -> bool:
    sent_by = _address(origin)
    return sent_by is not None and sent_by.netloc == host


def _address(text: str) -> SplitResult | None:
    """The parts of an address; None if it is none, as no page of ours has."""
    try:
        return urlsplit(text)
    except ValueError:
        return None

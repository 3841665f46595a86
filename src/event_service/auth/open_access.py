"""No authentication at all: for a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from event_service.auth.access import DOMAIN_ADMIN
from event_service.caller import Caller, Scope
from event_service.socket_address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.auth.access import Access

_log = structlog.get_logger(__name__)

LOCAL_DOMAIN: Final = "domain-local"
"""The domain of whoever names none: of calls without a token, and of the commands."""


class NoAuth:
    """Every call acts as DOMAIN_ADMIN of metadata ``x_domain_id``, or of ``domain-local``.

    It may do everything, also what the role DOMAIN_ADMIN of a token may not: nobody else is there
    to do it.
    """

    def caller(self, metadata: Mapping[str, str], access: Access) -> Caller:  # noqa: ARG002
        """See Authenticator. Never refuses."""
        return Caller(DOMAIN_ADMIN, Scope(metadata.get("x_domain_id") or LOCAL_DOMAIN))

    def close(self) -> None:
        """See Authenticator."""


def open_access(host: str, *, on_any_address: bool = False) -> NoAuth:
    """NoAuth for a service that listens on ``host``.

    Raises ValueError when others than this machine can reach that address, unless
    ``on_any_address``; then it is logged as a warning.
    """
    if not is_loopback(host):
        if not on_any_address:
            raise ValueError(
                "without authentication only loopback addresses are served, and EVENT_HOST"
                f" ({host}) is none"
            )
        _log.warning(
            "no-auth is on: whoever reaches the host may read and change everything", host=host
        )
    return NoAuth()

"""What the two edges, gRPC and HTTP, need of authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.auth.access import Access
    from event_service.caller import Caller


class Authenticator(Protocol):
    """Tells who asks. Safe to use from many threads."""

    def caller(self, metadata: Mapping[str, str], access: Access) -> Caller:
        """The caller of a request with this metadata, if it may have ``access``.

        Raises AuthenticateFailure (no token, or one that proves nothing), PermissionDenied,
        RequiredParameter (``domain_id``, for a system token without x_domain_id) and
        Unavailable (the token can't be checked now).
        """
        ...

    def close(self) -> None:
        """Let go of connections; no call may follow."""
        ...

"""What of a request's headers is metadata of the call (CONTRACT 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_service.auth.bearer import bearer_of
from event_service.under_way import Arrival, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import Headers
    from starlette.requests import Request

CALLED: Final = "event_service.called"
"""Set in the scope of a request that became a call of a method."""

_KEYS: Final = frozenset(
    {
        "authorization",
        "token",
        "traceparent",
        "tracestate",
        "transaction_id",
        "x_domain_id",
        "x_workspace_id",
    }
)


def metadata_of(headers: Headers) -> Mapping[str, str]:
    """The metadata, by the names of gRPC: of ``X-Domain-Id`` and ``x_domain_id`` alike."""
    named = ((name.replace("-", "_"), value) for name, value in headers.items())
    return {name: value for name, value in named if name in _KEYS}


def arrival_of(method: str, request: Request) -> Arrival:
    """The request as a call of that method; its line of the log will do for the request too."""
    request.scope[CALLED] = True
    return Arrival(method, Transport.HTTP, metadata_of(request.headers))


def access_key_of(headers: Headers) -> str:
    """The key of ``X-Access-Key`` or ``Authorization: Bearer``, or nothing."""
    return headers.get("x-access-key", "").strip() or bearer_of(headers.get("authorization", ""))

"""The HTTP status of a fault: the one table of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from grpc import StatusCode

from event_service.errors import QuotaExceeded, ServiceError, TooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIENT_CLOSED: Final = 499
"""Nobody is there any more to read the answer: for the log only."""

_STATUSES: Final[Mapping[StatusCode, int]] = {
    StatusCode.OK: HTTPStatus.OK,
    StatusCode.CANCELLED: CLIENT_CLOSED,
    StatusCode.UNKNOWN: HTTPStatus.INTERNAL_SERVER_ERROR,
    StatusCode.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    StatusCode.DEADLINE_EXCEEDED: HTTPStatus.GATEWAY_TIMEOUT,
    StatusCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    StatusCode.ALREADY_EXISTS: HTTPStatus.CONFLICT,
    StatusCode.PERMISSION_DENIED: HTTPStatus.FORBIDDEN,
    StatusCode.RESOURCE_EXHAUSTED: HTTPStatus.TOO_MANY_REQUESTS,
    StatusCode.FAILED_PRECONDITION: HTTPStatus.BAD_REQUEST,
    StatusCode.ABORTED: HTTPStatus.CONFLICT,
    StatusCode.OUT_OF_RANGE: HTTPStatus.BAD_REQUEST,
    StatusCode.UNIMPLEMENTED: HTTPStatus.NOT_IMPLEMENTED,
    StatusCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    StatusCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    StatusCode.DATA_LOSS: HTTPStatus.INTERNAL_SERVER_ERROR,
    StatusCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
}

_RETRY_SECONDS: Final = 5
"""When to come again where the fault itself does not know: a store is down."""


def status_of(fault: ServiceError) -> int:
    """The status that a fault is answered with."""
    if isinstance(fault, TooLarge):
        # 429 would make the sender try the same body again.
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return _STATUSES[fault.status]


def retry_seconds(fault: ServiceError) -> int | None:
    """After how many seconds the same call may succeed; None if it won't."""
    if isinstance(fault, TooLarge):
        return None
    if isinstance(fault, QuotaExceeded):
        return max(1, fault.retry_seconds)
    return _RETRY_SECONDS if isinstance(fault, Unavailable) else None

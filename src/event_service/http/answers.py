"""Answers: always JSON, faults always ``{"detail": {"code": ..., "message": ...}}``."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from event_service.errors import AuthenticateFailure, TooLarge
from event_service.http.statuses import retry_seconds, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.errors import ServiceError

JSON: Final = "application/json"

_CODES: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_FOUND: "ERROR_NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "ERROR_METHOD_NOT_ALLOWED",
    HTTPStatus.REQUEST_TIMEOUT: "ERROR_DEADLINE_EXCEEDED",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "ERROR_UNSUPPORTED_MEDIA_TYPE",
}
"""Codes of what is wrong with a request before it is a call of anything."""


def answer(content: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(content, media_type=JSON)


def answer_of(content: Any) -> Response:
    """An answer of plain values."""
    return answer(json.dumps(content).encode())


def fault_answer(fault: ServiceError) -> Response:
    """The answer for a fault of a call."""
    headers: dict[str, str] = {}
    if (seconds := retry_seconds(fault)) is not None:
        headers["Retry-After"] = str(seconds)
    if isinstance(fault, AuthenticateFailure):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(fault, TooLarge):
        # Some of the body may be unread, and what is in the way can't be the next request.
        headers["Connection"] = "close"
    status = status_of(fault)
    return Response(problem(fault.code, fault.message), status, headers, media_type=JSON)


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer for a request that is no call of anything, by its HTTP status."""
    code = _CODES.get(status, "ERROR_INVALID_PARAMETER")
    return Response(problem(code, message), status, headers, media_type=JSON)


def problem(code: str, message: str) -> bytes:
    """The body that says what went wrong."""
    return json.dumps({"detail": {"code": code, "message": message}}).encode()

"""The ASGI application."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, cast

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from event_service.errors import ServiceError, Unforeseen
from event_service.http.access_log import AccessLog, PathMask
from event_service.http.answers import fault_answer, refusal
from event_service.http.statuses import CLIENT_CLOSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

_log = structlog.get_logger(__name__)

_MESSAGES = {404: "No such path.", 405: "The path takes another method, which Allow names."}


def application(routes: Sequence[Route]) -> ASGIApp:
    """Serves the routes; every other request, and every fault, is answered in JSON."""
    app = Starlette(
        routes=routes,
        exception_handlers=cast(
            "Any",
            {
                ServiceError: _fault,
                HTTPException: _refused,
                ClientDisconnect: _gone,
                Exception: _unforeseen,
            },
        ),
    )
    app.router.redirect_slashes = False
    return AccessLog(app, PathMask(route.path for route in routes))


async def _fault(_: Request, error: ServiceError) -> Response:
    return fault_answer(error)


async def _refused(_: Request, error: HTTPException) -> Response:
    message = _MESSAGES.get(error.status_code, error.detail)
    return refusal(error.status_code, message, error.headers)


async def _gone(_: Request, __: ClientDisconnect) -> Response:
    return Response(status_code=CLIENT_CLOSED)


async def _unforeseen(_: Request, error: Exception) -> Response:
    fault = Unforeseen(secrets.token_hex(8))
    _log.error("http", code=fault.code, fault_id=fault.fault_id, exc_info=error)
    return fault_answer(fault)

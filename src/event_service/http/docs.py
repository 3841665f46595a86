"""The documentation for people: a page of our own files, which asks no other host for anything."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from event_service.http.answers import JSON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

_FILES: Final = {
    "/docs": ("index.html", "text/html; charset=utf-8"),
    "/docs/page.css": ("page.css", "text/css; charset=utf-8"),
    "/docs/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/docs/schema.js": ("schema.js", "text/javascript; charset=utf-8"),
}
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def documentation_routes(document: bytes) -> Sequence[Route]:
    """The page, and the OpenAPI ``document`` that it renders."""
    page = files("event_service.http") / "page"
    routes = [
        Route(path, _static((page / name).read_bytes(), kind))
        for path, (name, kind) in _FILES.items()
    ]
    return [*routes, Route("/openapi.json", _static(document, JSON))]


def _static(content: bytes, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(_: Request) -> Response:
        return Response(content, media_type=kind, headers=_HEADERS)

    return serve

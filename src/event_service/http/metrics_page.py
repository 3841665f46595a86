"""``/metrics``: what the service counts and measures of itself, for Prometheus."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from event_service.metrics.exposition import exposition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

METRICS: Final = "/metrics"

# The library that chooses by the version raises TypeError for one that is not of numbers.
_NO_VERSION: Final = re.compile(r"version=(?![0-9]{1,9}(?:\.[0-9]{1,9})*\s*(?:[;,]|$))[^;,]*")


def metrics_routes() -> Sequence[Route]:
    """What is to be hosted. Nobody needs a token for it: it names nobody."""
    return [Route(METRICS, _metrics)]


async def _metrics(request: Request) -> Response:
    # In a thread of its own pool: with many workers it reads many files, and calls go on.
    accept = _NO_VERSION.sub("", request.headers.get("accept", ""))
    text, kind = await asyncio.to_thread(exposition, accept)
    return Response(text, headers={"Content-Type": kind, "Cache-Control": "no-store"})

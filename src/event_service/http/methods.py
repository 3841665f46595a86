"""Hosts methods on the HTTP paths that their annotations name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import Route

from event_service.errors import InvalidParameterType, TooLarge
from event_service.http.answers import answer
from event_service.http.body import body_of
from event_service.http.metadata import arrival_of
from event_service.http.protocol import gone_of
from event_service.http.versions import spellings
from event_service.servicer.faults import answered
from event_service.wire.json_body import json_object
from event_service.wire.json_message import json_of, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from google.protobuf.message import Message
    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response

    from event_service.admission.presence import Gone
    from event_service.http.body import BodyLimits
    from event_service.http.transcoding import Binding
    from event_service.http.workers import Workers
    from event_service.servicer.invocation import Invoker
    from event_service.servicer.method import Method


class Methods:
    """JSON in and out for methods; ``admit`` raises for requests that may not come at all."""

    def __init__(
        self,
        invoker: Invoker,
        workers: Workers,
        limits: BodyLimits,
        max_response_bytes: int,
        admit: Callable[[Headers], None],
    ) -> None:
        self._invoker = invoker
        self._workers = workers
        self._limits = limits
        self._max_response_bytes = max_response_bytes
        self._admit = admit

    def routes(self, bindings: Iterable[Binding]) -> Sequence[Route]:
        """What is to be hosted."""
        return [
            Route(path, partial(self.call, binding.method), methods=["POST"])
            for binding in bindings
            for path in spellings(binding.path)
        ]

    async def call(self, method: Method, request: Request) -> Response:
        """Call the method."""
        self._admit(request.headers)
        emit_defaults = _flag(request, "emit_defaults")
        with self._workers.place():
            async with body_of(request, self._limits) as body:
                arrival = arrival_of(method.path, request)
                gone, metadata = gone_of(request), arrival.metadata
                work = partial(
                    self._invoke, method, gone, metadata, body, emit_defaults=emit_defaults
                )
                return answer(await self._workers.run(partial(answered, arrival, work)))

    def _invoke(
        self,
        method: Method,
        gone: Gone,
        metadata: Mapping[str, str],
        body: bytes,
        *,
        emit_defaults: bool,
    ) -> bytes:
        def decode() -> Message:
            sent = json_object(body, name="request") if body.strip() else {}
            return message_of(sent, method.request)

        given = self._invoker.invoke(method, metadata, _no_deadline, decode, gone)
        content = json_of(given, emit_defaults=emit_defaults)
        if len(content) > self._max_response_bytes:
            raise TooLarge("bytes of one answer", self._max_response_bytes)
        return content


def _no_deadline() -> None:
    """HTTP has no deadline that a server is told; the settings bound what a query may take."""


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise InvalidParameterType(name, "true or false")
    return text == "true"

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
from event_service.http.transcoding import BOOLEANS
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

    from event_service.http.body import BodyLimits
    from event_service.http.transcoding import Binding
    from event_service.http.workers import Workers
    from event_service.servicer.invocation import Invoker


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
            Route(path, partial(self.call, binding), methods=[binding.verb])
            for binding in bindings
            for path in spellings(binding.path)
        ]

    async def call(self, binding: Binding, request: Request) -> Response:
        """Call the method of a binding."""
        self._admit(request.headers)
        emit_defaults = _flag(request, "emit_defaults")
        with self._workers.place():
            async with body_of(request, self._limits) as body:
                arrival = arrival_of(binding.method.path, request)
                metadata = arrival.metadata
                work = partial(
                    self._invoke, binding, request, metadata, body, emit_defaults=emit_defaults
                )
                return answer(await self._workers.run(partial(answered, arrival, work)))

    def _invoke(
        self,
        binding: Binding,
        request: Request,
        metadata: Mapping[str, str],
        body: bytes,
        *,
        emit_defaults: bool,
    ) -> bytes:
        def decode() -> Message:
            sent = json_object(body, name="request") if body.strip() else None
            query = request.query_params.multi_items()
            fields = binding.request(request.path_params, query, sent)
            return message_of(fields, binding.method.request)

        given = self._invoker.invoke(
            binding.method, metadata, _no_deadline, decode, gone_of(request)
        )
        content = json_of(given, emit_defaults=emit_defaults)
        if len(content) > self._max_response_bytes:
            raise TooLarge("bytes of one answer", self._max_response_bytes)
        return content


def _no_deadline() -> None:
    """HTTP has no deadline that a server is told; the settings bound what a query may take."""


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false")
    if text not in BOOLEANS:
        raise InvalidParameterType(name, "true or false")
    return BOOLEANS[text]

"""Makes spans with the OpenTelemetry SDK. Imported only where tracing is on."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import grpc
from opentelemetry import context
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
    use_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.trace import Span
    from opentelemetry.trace import Tracer as SdkTracer

    from event_service.tracing.spans import Attribute
    from event_service.tracing.spans import Link as AnyLink

_NANOSECONDS: Final = 1_000_000_000
# What OpenTelemetry's conventions for RPC call an error of the server.
_OUR_FAULT: Final = frozenset(
    {
        "UNKNOWN",
        "DEADLINE_EXCEEDED",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
    }
)
# Without baggage: what strangers send is not handed on to plugins.
_CONTEXT: Final = TraceContextTextMapPropagator()


class OpenTelemetryTracer:
    """``spans.Tracer`` on a tracer of the SDK."""

    def __init__(self, tracer: SdkTracer) -> None:
        self._tracer = tracer

    def server(self, method: str, transport: str, metadata: Mapping[str, str]) -> _ServerSpan:
        """The span of a call; the parent is what ``traceparent`` says."""
        service, _, name = method.removeprefix("/").partition("/")
        span = self._tracer.start_span(
            f"{service}/{name}",
            # An empty context to begin with: a thread has no call but this.
            _CONTEXT.extract(metadata, context.Context()),
            kind=SpanKind.SERVER,
            attributes={
                "rpc.system": "grpc",
                "rpc.service": service,
                "rpc.method": name,
                "network.protocol.name": transport,
            },
        )
        return _ServerSpan(span, context.attach(set_span_in_context(span)))

    @contextmanager
    def span(
        self, name: str, links: Iterable[AnyLink], attributes: Mapping[str, Attribute]
    ) -> Iterator[None]:
        """A span within the current one. An error is told by its kind: its text may hold ids."""
        span = self._tracer.start_span(
            name,
            attributes=attributes,
            links=[Link(one) for one in links if isinstance(one, SpanContext)],
        )
        with use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                yield
            except BaseException as error:  # raised again; a step that was cancelled failed too
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                span.end()

    def past(
        self, name: str, seconds: float, attributes: Mapping[str, Attribute], *, failed: bool
    ) -> None:
        """A span that has just ended."""
        now = time.time_ns()
        span = self._tracer.start_span(
            name,
            kind=SpanKind.CLIENT,
            attributes=attributes,
            start_time=now - round(seconds * _NANOSECONDS),
        )
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(now)

    def link(self) -> SpanContext | None:
        """What a span of another thread may link to."""
        current = get_current_span().get_span_context()
        return current if current.is_valid else None

    def outgoing(self) -> tuple[tuple[str, str], ...]:
        """``traceparent`` and, if there is one, ``tracestate``."""
        carrier: dict[str, str] = {}
        _CONTEXT.inject(carrier)
        return tuple(carrier.items())

    def ids(self) -> tuple[str, str] | None:
        """The ids of the current span, as they are written."""
        current = self.link()
        if current is None:
            return None
        return format_trace_id(current.trace_id), format_span_id(current.span_id)


class _ServerSpan:
    def __init__(self, span: Span, token: Token[Context]) -> None:
        self._span = span
        self._token = token

    def end(self, status: str) -> None:
        """The call was answered."""
        number, _ = grpc.StatusCode[status].value
        self._span.set_attribute("rpc.grpc.status_code", number)
        if status in _OUR_FAULT:
            self._span.set_status(Status(StatusCode.ERROR, status))
        self._span.end()
        context.detach(self._token)

"""Spans, as the code that has something to tell sees them.

Without tracing, which is the usual case, each of these costs the look at one variable. Names and
attributes say what is done, never with what: no statement, no id, no text of a caller.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

Attribute: TypeAlias = str | int | float | bool


class Link(Protocol):
    """A span, as another one refers to it from another thread."""


class ServerSpan(Protocol):
    """The span of a call, current in its thread or task from its making on."""

    def end(self, status: str) -> None:
        """The call was answered, with the name of a gRPC status."""


class Tracer(Protocol):
    """What makes spans (``tracing.sdk_tracer``)."""

    def server(self, method: str, transport: str, metadata: Mapping[str, str]) -> ServerSpan:
        """See ``server_span``."""

    def span(
        self, name: str, links: Iterable[Link], attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[object]:
        """See ``span`` and ``linked_span``."""

    def past(
        self, name: str, seconds: float, attributes: Mapping[str, Attribute], *, failed: bool
    ) -> None:
        """See ``store_span``."""

    def link(self) -> Link | None:
        """See ``link``."""

    def outgoing(self) -> tuple[tuple[str, str], ...]:
        """See ``outgoing``."""

    def ids(self) -> tuple[str, str] | None:
        """See ``trace_ids``."""


class _NoServerSpan:
    def end(self, status: str) -> None:
        """Nothing was begun."""


_NO_SERVER_SPAN: Final = _NoServerSpan()
_NO_SPAN: Final = nullcontext()

_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> None:
    """Make spans with that from here on, in this process; with None no longer."""
    global _tracer  # noqa: PLW0603  # one for the process, as the log is
    _tracer = tracer


def server_span(method: str, transport: str, metadata: Mapping[str, str]) -> ServerSpan:
    """The span of a call of ``/package.Service/method``, and the current one until it ends.

    It belongs to the trace of ``traceparent`` and ``tracestate`` in the metadata, if they name
    one. To be ended in the same thread or task.
    """
    if _tracer is None:
        return _NO_SERVER_SPAN
    return _tracer.server(method, transport, metadata)


def span(name: str, **attributes: Attribute) -> AbstractContextManager[object]:
    """Surrounds a step of the current call."""
    if _tracer is None:
        return _NO_SPAN
    return _tracer.span(name, (), attributes)


def link() -> Link | None:
    """The current span, for work that another thread does for several calls at once."""
    return None if _tracer is None else _tracer.link()


def linked_span(
    name: str, links: Iterable[Link | None], **attributes: Attribute
) -> AbstractContextManager[object]:
    """Surrounds work for several calls; ``links`` are what ``link`` gave each of them."""
    if _tracer is None:
        return _NO_SPAN
    return _tracer.span(name, [one for one in links if one is not None], attributes)


def store_span(store: str, operation: str, seconds: float, *, failed: bool = False) -> None:
    """A round trip to mongodb or redis has just ended, after so long."""
    if _tracer is not None:
        attributes = {"db.system": store, "db.operation": operation}
        _tracer.past(f"{store} {operation}", seconds, attributes, failed=failed)


def outgoing() -> tuple[tuple[str, str], ...]:
    """Metadata that puts a call of another service into the current trace."""
    return () if _tracer is None else _tracer.outgoing()


def trace_ids() -> tuple[str, str] | None:
    """(trace id, span id) of the current span, in hexadecimal."""
    return None if _tracer is None else _tracer.ids()

"""Calls that were answered, and those that were refused before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_service.metrics.instruments import CALL_SECONDS, CALLS, REFUSED, Children
from event_service.metrics.names import OTHER, REASONS, known
from event_service.metrics.tally import TALLY

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNARY: Final = "unary"

_hosted: set[str] = set()


def methods_hosted(paths: Iterable[str]) -> None:
    """The paths of the methods that may be called, ``/package.Service/method``.

    Any other one counts as a method called ``other``: what callers think up is no label.
    """
    for path in paths:
        _hosted.add(path)
        _handled[path, "OK"]
        _seconds[path]


def call_handled(path: str, code: str, seconds: float) -> None:
    """A call of the method was answered, with the name of a gRPC status, after so long."""
    path = known(path, _hosted)
    TALLY.count(_handled[path, code])
    TALLY.observe(_seconds[path], seconds)


def refused(reason: str) -> None:
    """A call was refused: queue, webhook_quota, domain_quota or deadline."""
    TALLY.count(_refused[known(reason, REASONS)])


def _labels(path: str) -> tuple[str, str, str]:
    if path == OTHER:
        return _UNARY, OTHER, OTHER
    service, _, method = path.removeprefix("/").partition("/")
    return _UNARY, service, method


_handled: Final = Children(lambda key: CALLS.labels(*_labels(key[0]), key[1]))
_seconds: Final = Children(lambda path: CALL_SECONDS.labels(*_labels(path)))
_refused: Final = Children(REFUSED.labels, REASONS)

"""What is told of every call: a line of the log, two metrics and a span."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog

from event_service import under_way
from event_service.errors import Unforeseen
from event_service.log_choices import LoggedCalls
from event_service.metrics.calls import call_handled
from event_service.tracing.spans import server_span
from event_service.under_way import CallUnderWay

if TYPE_CHECKING:
    from event_service.errors import ServiceError
    from event_service.under_way import Arrival

_log = structlog.get_logger(__name__)

_SLOW_SECONDS: Final = 1.0
_CANCELLED: Final = "CANCELLED"


class CallTelemetry:
    """Of one call: made before the work and closed after it, in the same thread."""

    logged: LoggedCalls = LoggedCalls.ALL
    """Which calls of this process have a line of the log (EVENT_LOG_CALLS)."""

    def __init__(self, arrival: Arrival) -> None:
        """The work begins."""
        self._arrival = arrival
        self._began = time.perf_counter()
        self._call = CallUnderWay(arrival.method, arrival.transport, arrival.request_id)
        self._token = under_way.begin(self._call)
        self._span = server_span(arrival.method, arrival.transport, arrival.metadata)

    def close(self, fault: ServiceError | None = None, error: Exception | None = None) -> None:
        """The call is answered, with that fault if there is one, which came of that error."""
        if fault is None:
            self._close("OK", "OK", None)
        else:
            self._close(fault.status.name, fault.code, fault, error)

    def give_up(self) -> None:
        """The work ends without an answer."""
        self._close(_CANCELLED, _CANCELLED, None)

    def _close(
        self,
        status: str,
        code: str,
        fault: ServiceError | None,
        error: Exception | None = None,
    ) -> None:
        seconds = time.perf_counter() - self._began
        call_handled(self._arrival.method, status, seconds)
        self._write(status, code, seconds, fault, error)
        self._span.end(status)
        under_way.end(self._token)

    def _write(
        self,
        status: str,
        code: str,
        seconds: float,
        fault: ServiceError | None,
        error: Exception | None,
    ) -> None:
        call = self._call
        if fault is None and not self._is_told(seconds):
            return
        line: dict[str, object] = {
            "request_id": call.request_id,
            "transport": call.transport,
            "method": call.method,
            "caller": call.caller,
            "seconds": round(seconds, 6),
            "status": status,
            "code": code,
        }
        if call.domain_id is not None:
            line["domain_id"] = call.domain_id
        if isinstance(fault, Unforeseen):
            _log.error("call", **line, fault_id=fault.fault_id, exc_info=error)
        elif fault is not None:
            _log.info("call", **line, cause=type(error).__name__)
        else:
            _log.info("call", **line)

    def _is_told(self, seconds: float) -> bool:
        if self.logged is LoggedCalls.SLOW:
            return seconds >= _SLOW_SECONDS
        return self.logged is LoggedCalls.ALL

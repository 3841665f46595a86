"""Gives the log to OpenTelemetry. Imported only where that is wanted."""

from __future__ import annotations

import logging
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context
from opentelemetry._logs import LogRecord, SeverityNumber

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry._logs import Logger

_SEVERITIES: Final = (
    (logging.CRITICAL, SeverityNumber.FATAL, "FATAL"),
    (logging.ERROR, SeverityNumber.ERROR, "ERROR"),
    (logging.WARNING, SeverityNumber.WARN, "WARN"),
    (logging.INFO, SeverityNumber.INFO, "INFO"),
    (logging.NOTSET, SeverityNumber.DEBUG, "DEBUG"),
)
# Said by the record itself.
_LEFT_OUT: Final = frozenset({"event", "level", "timestamp", "exc_info", "trace_id", "span_id"})
_SDK: Final = "opentelemetry"


class ExportedLog(logging.Handler):
    """Hands on every line: what happened as the body, everything else as attributes."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """One line; those of the SDK itself, about a collector that is down, are left out.

        So is a line that no text can be made of: nothing fails because it is logged.
        """
        if record.name.partition(".")[0] == _SDK:
            return
        with suppress(Exception):  # whoever writes the log tells of it
            self._hand_on(record)

    def _hand_on(self, record: logging.LogRecord) -> None:
        # structlog's lines are objects until they are written.
        fields: Mapping[str, Any] = record.msg if isinstance(record.msg, dict) else {}
        number, text = _severity(record.levelno)
        attributes: dict[str, Any] = {
            name: value if isinstance(value, str | int | float) else str(value)
            for name, value in fields.items()
            if name not in _LEFT_OUT and value is not None
        }
        error = record.exc_info[1] if record.exc_info else fields.get("exc_info")
        if error is True:  # the one that is being handled
            error = sys.exc_info()[1]
        if isinstance(error, BaseException):
            attributes["exception.type"] = type(error).__name__
            attributes["exception.stacktrace"] = "".join(traceback.format_exception(error))
        self._logger.emit(
            LogRecord(
                timestamp=round(record.created * 1_000_000_000),
                context=context.get_current(),
                severity_number=number,
                severity_text=text,
                body=str(fields["event"]) if "event" in fields else record.getMessage(),
                attributes=attributes,
            )
        )


def _severity(level: int) -> tuple[SeverityNumber, str]:
    return next((number, text) for lowest, number, text in _SEVERITIES if level >= lowest)

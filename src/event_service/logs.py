"""One log for everything: our own lines and those of libraries, on standard error."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import structlog

from event_service import under_way
from event_service.log_choices import LogFormat
from event_service.log_writer import LogWriter
from event_service.tracing.spans import trace_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from structlog.typing import Processor

    from event_service.log_writer import Line
    from event_service.settings import Settings
    from event_service.tracing.telemetry import Telemetry

_log = structlog.get_logger(__name__)

_ENCODER: Final = json.JSONEncoder(default=repr)
"""Made once: json.dumps would make one for every line."""


def set_up_logging(settings: Settings, telemetry: Telemetry) -> None:
    """Write JSON, or for a terminal what reads well there; for a whole process, once.

    Every line goes also where ``telemetry`` takes the log, if it does.
    """
    exporting = telemetry.handler
    written = _written(settings)
    structlog.configure(
        processors=[*_TOLD, *(_LATER if exporting is None else _TO_LIBRARY)],
        logger_factory=_to_stderr(written)
        if exporting is None
        else structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_TOLD, _ISO_STAMP],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    handlers: list[logging.Handler] = [handler, *([] if exporting is None else [exporting])]
    logging.basicConfig(handlers=handlers, level=settings.log_level, force=True)
    # Drivers are talkative, and what they say at these levels can hold addresses.
    for library in ("pymongo", "redis", "grpc", "asyncio", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Quotes metadata that is no text, as an error: anybody may send that, and tokens are metadata.
    logging.getLogger("grpc._cython.cygrpc").setLevel(logging.CRITICAL)
    # Its warnings come with every try to reach a collector, and quote headers that it can't read.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    if telemetry.lacking:
        _log.warning(
            "nothing is exported: OTEL_ variables ask for it, and the extra is not installed",
            install="pip install 'spaceone-event-service[otel]'",
        )
    for complaint in telemetry.complaints:
        _log.warning("OpenTelemetry objects to an OTEL_ variable", says=complaint)


def tell_what_is_amiss() -> None:
    """Write warnings and worse for whoever reads a terminal; for commands that don't serve."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=_in_colours(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        # Standard output is for what a command answers.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=False,
    )


def _written(settings: Settings) -> list[Processor]:
    """What makes the text of a line."""
    readable = settings.log_format is LogFormat.CONSOLE or (
        settings.log_format is LogFormat.AUTO and sys.stderr.isatty()
    )
    if readable:
        # Plain tracebacks: the richer ones show local variables, and so keys and tokens.
        return [
            structlog.dev.ConsoleRenderer(
                colors=_in_colours(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    return [structlog.processors.format_exc_info, _as_json]


def _in_colours() -> bool:
    """On a terminal, unless NO_COLOR is set; in a file colours are noise that ``grep`` meets."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


class _Lines:
    """What structlog gives its lines to: what tells of something amiss is written at once."""

    def __init__(self, writer: LogWriter) -> None:
        self.debug = self.info = writer.write_soon
        self.warning = self.error = self.critical = writer.write


def _to_stderr(written: Iterable[Processor]) -> Callable[..., _Lines]:
    processors = [_in_iso, *written]

    def made(line: Line) -> str:
        text: Any = line
        for process in processors:
            text = process(None, "", text)
        return str(text)

    def text_of(line: Line) -> str:
        try:
            return made(line)
        except Exception as fault:  # noqa: BLE001  # or one line ends the thread that writes all
            left_out = {"event": "a line of the log is left out", "level": "error"}
            return made({**left_out, "fault": type(fault).__name__, "timestamp": time.time()})

    lines = _Lines(LogWriter(sys.stderr.buffer, text_of))
    return lambda *_: lines


def _with_call(_: object, __: str, line: Line) -> Line:
    """Say of which call, and of which trace, a line is."""
    call = under_way.current()
    if call is not None:
        line.setdefault("request_id", call.request_id)
    ids = trace_ids()
    if ids is not None:
        line["trace_id"], line["span_id"] = ids
    return line


def _as_json(_: object, __: str, line: Line) -> str:
    return _ENCODER.encode(line)


def _stamped(_: object, __: str, line: Line) -> Line:
    line["timestamp"] = time.time()
    return line


def _in_iso(_: object, __: str, line: Line) -> Line:
    at = datetime.fromtimestamp(line["timestamp"], UTC)
    line["timestamp"] = f"{at.replace(tzinfo=None).isoformat()}Z"
    return line


def _handed_on(_: object, __: str, line: Line) -> tuple[tuple[Line], dict[str, Any]]:
    return (line,), {}


_TOLD: Final[Sequence[Processor]] = (_with_call, structlog.stdlib.add_log_level)
_ISO_STAMP: Final = structlog.processors.TimeStamper(fmt="iso", utc=True)
_LATER: Final[Sequence[Processor]] = (_stamped, _handed_on)
"""There is a line for every call: what else it takes is done for many at a time."""
_TO_LIBRARY: Final[Sequence[Processor]] = (
    _ISO_STAMP,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
)

"""One log for everything: our own lines and those of libraries, on standard error."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog

from event_service import under_way
from event_service.settings import LogFormat
from event_service.tracing.spans import trace_ids

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import BinaryIO

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
    stamp: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_call,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    readable = settings.log_format is LogFormat.CONSOLE or (
        settings.log_format is LogFormat.AUTO and sys.stderr.isatty()
    )
    # Plain tracebacks: the richer ones show local variables, and so keys and tokens.
    written: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if readable
        else [structlog.processors.format_exc_info, _as_json]
    )
    # The way through logging takes twice the time, and there is a line for every call.
    to_library = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    structlog.configure(
        processors=[*stamp, *(written if exporting is None else [to_library])],
        logger_factory=_to_stderr if exporting is None else structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=stamp,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    handlers: list[logging.Handler] = [handler, *([] if exporting is None else [exporting])]
    logging.basicConfig(handlers=handlers, level=settings.log_level, force=True)
    # Drivers are talkative, and what they say at these levels can hold addresses.
    for library in ("pymongo", "redis", "grpc", "asyncio", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Its warnings come with every try to reach a collector, and quote headers that it can't read.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    if telemetry.lacking:
        _log.warning(
            "nothing is exported: OTEL_ variables ask for it, and the extra is not installed",
            install="pip install 'spaceone-event-service[otel]'",
        )


class _Stderr:
    """What structlog writes whole lines with. A log that can't be written fails no call."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one line."""
        try:
            self._stream.write(line.encode("utf-8", "backslashreplace") + b"\n")
            self._stream.flush()
        except (OSError, ValueError):  # a full disk, a reader that has gone; a closed stream
            return

    debug = info = warning = error = critical = msg


def _to_stderr(*_: object) -> _Stderr:
    return _Stderr(sys.stderr.buffer)


def _with_call(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say of which call, and of which trace, a line is."""
    call = under_way.current()
    if call is not None:
        line.setdefault("request_id", call.request_id)
    ids = trace_ids()
    if ids is not None:
        line["trace_id"], line["span_id"] = ids
    return line


def _as_json(_: object, __: str, line: MutableMapping[str, Any]) -> str:
    return _ENCODER.encode(line)

"""The log as it is exported: a line that can't be costs itself, and nothing else."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from event_service.tracing.exported_log import ExportedLog


class Unshowable:
    """No text can be made of it."""

    def __repr__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(
    ("line", "arguments"), [({"event": "x", "value": Unshowable()}, ()), ("%s and %d", ("one",))]
)
def test_a_line_without_a_text_fails_nobody_who_logs_it(line: Any, arguments: Any) -> None:
    exported = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exported))
    handler = ExportedLog(provider.get_logger("test"))
    for message, given in ((line, arguments), ({"event": "next"}, ())):
        handler.handle(logging.LogRecord("test", logging.INFO, "", 0, message, given, None))
    assert [each.log_record.body for each in exported.get_finished_logs()] == ["next"]

"""The log goes on whatever a line holds."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

PROGRAM = """
import structlog
from event_service.logs import set_up_logging
from event_service.settings import Settings
from event_service.tracing.telemetry import start_telemetry


class Unshowable:
    def __repr__(self):
        raise ValueError("secret")


set_up_logging(Settings(log_format="json"), start_telemetry())
log = structlog.get_logger()
log.info("first", value=Unshowable())
log.warning("second", value=Unshowable())
log.info("third", value={1, 2})
"""


def test_a_line_without_a_text_is_told_of_and_takes_no_other_along() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    left_out = "a line of the log is left out"
    assert [line["event"] for line in lines] == [left_out, left_out, "third"]
    assert [line.get("fault") for line in lines] == ["ValueError", "ValueError", None]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "secret" not in done.stderr


CONSOLE = """
import structlog
from event_service.logs import set_up_logging
from event_service.settings import Settings
from event_service.tracing.telemetry import start_telemetry

set_up_logging(Settings(log_format="console"), start_telemetry())
structlog.get_logger().warning("seen")
"""
ESCAPE = b"\x1b"


def _on_a_terminal(**variables: str) -> bytes:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    try:
        subprocess.run(
            [sys.executable, "-c", CONSOLE], check=True, stderr=theirs, env=environment | variables
        )
        return os.read(ours, 65536)
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_readable_log_has_colours_on_a_terminal_alone() -> None:
    written = subprocess.run(
        [sys.executable, "-c", CONSOLE], check=True, capture_output=True
    ).stderr
    assert b"seen" in written
    assert ESCAPE not in written
    assert ESCAPE in _on_a_terminal()


def test_a_readable_log_heeds_no_color() -> None:
    assert b"seen" in (written := _on_a_terminal(NO_COLOR="1"))
    assert ESCAPE not in written

"""The service as a child process: its settings, a start that fails, and its end."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from serve_command import NotServing, ServeCommand, environment_with

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_with({"EVENT_DATA_DIR": str(tmp_path / "data"), "EVENT_HTTP_PORT": "0"})


def test_settings_around_it_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_PORT", "1")
    monkeypatch.setenv("PLACE", "here")
    environment = environment_with({"EVENT_HOST": "127.0.0.2"})
    assert environment["PLACE"] == "here"
    assert {key for key in environment if key.startswith("EVENT_")} == {"EVENT_HOST"}


def test_a_start_that_fails_says_what_the_log_says(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text("of a run before\n")
    process = ServeCommand(["--port", "65536"], environment, log)
    with pytest.raises(NotServing, match=r"of a run before\n(.*\n)*.*EVENT_PORT"):
        process.wait_until_serving()
    assert process.ended(None) != 0


def test_it_serves_until_it_is_told_to_stop(environment: dict[str, str], tmp_path: Path) -> None:
    process = ServeCommand(["--port", "0"], environment, tmp_path / "log")
    process.wait_until_serving()
    with pytest.raises(subprocess.TimeoutExpired):
        process.ended(0)
    assert process.stop(60) == 0


def test_one_that_does_not_stop_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    process = ServeCommand(["--port", "0"], environment, tmp_path / "log")
    process.wait_until_serving()
    process.send_signal(signal.SIGSTOP)
    assert process.stop(0) == -signal.SIGKILL


def test_a_wrapper_becomes_the_service(environment: dict[str, str], tmp_path: Path) -> None:
    wrapper = ["sh", "-c", 'echo "$0" >&2; exec "$@" --port 65536', "wrapped"]
    process = ServeCommand([], environment, tmp_path / "log", wrapper=wrapper)
    with pytest.raises(NotServing, match=r"wrapped\n(.*\n)*.*EVENT_PORT"):
        process.wait_until_serving()
    assert process.ended(None) != 0

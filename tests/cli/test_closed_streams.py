"""Commands that are started without standard streams, as daemons and careful scripts do."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

import event_service
from serve_command import COMMAND, environment_with

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = 'exec "$0" "$@"'


@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-"])
def test_a_command_works_without_them(closed: str) -> None:
    told = subprocess.run(
        ["sh", "-c", f"{SCRIPT} {closed}", COMMAND, "version"],
        env=environment_with({}),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert told.stdout == f"{event_service.__version__}\n"


def test_what_is_started_has_them(tmp_path: Path) -> None:
    # It starts both stores.
    subprocess.run(
        ["sh", "-c", f"{SCRIPT} <&- >&- 2>&-", COMMAND, "webhook", "list"],
        env=environment_with({"EVENT_DATA_DIR": str(tmp_path / "data")}),
        check=True,
    )

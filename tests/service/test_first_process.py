"""The service as the first process of a container, to which the system is less kind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import psutil
import pytest

from serve_command import ServeCommand, environment_with

if TYPE_CHECKING:
    from pathlib import Path

WAIT_SECONDS = 60
AS_ROOT = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
FIRST = ["unshare", *AS_ROOT, "--pid", "--fork", "--kill-child"]


def possible() -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*FIRST, "true"], check=False, capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not possible(), reason="it takes Linux and unshare (util-linux)")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_while_it_starts(tmp_path: Path, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(WAIT_SECONDS)
        store = f"127.0.0.1:{silent.getsockname()[1]}"
        settings = {
            "EVENT_MONGODB_URI": f"mongodb://{store}/?directConnection=true",
            "EVENT_REDIS_URL": f"redis://{store}",
            "EVENT_STORE_TIMEOUT_SECONDS": "600",
            "EVENT_DATA_DIR": str(tmp_path / "data"),
            "EVENT_ONE_CORE": "0",
        }
        log = tmp_path / "log"
        process = ServeCommand(["--port", "0"], environment_with(settings), log, wrapper=FIRST)
        try:
            connection, _ = silent.accept()
            (first,) = psutil.Process(process.pid).children()
            first.send_signal(number)
            assert process.ended(WAIT_SECONDS) != 0
            connection.close()
        finally:
            process.kill()

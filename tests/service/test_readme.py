"""The README's first event, pasted into a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from serve_command import COMMAND
from tests.service.process import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    shutil.which("grpcurl") is None, reason="grpcurl is not on the PATH"
)


def _block() -> str:
    readme = (ROOT / "README.md").read_text()
    marked = readme.split("<!-- first event -->")[1].split("<!-- /first event -->")[0]
    return marked.split("```sh")[1].split("```")[0]


def _said(line: str, environment: dict[str, str]) -> str:
    shell = ["bash", "-c", line]
    return subprocess.run(shell, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A running service's address, and the environment of a shell beside it."""
    with serving(tmp_path / "data") as process:
        yield process.address, process.environment


def test_first_event(shell: tuple[str, dict[str, str]]) -> None:
    address, environment = shell
    lines = _block().replace("127.0.0.1:50051", address)
    lines = lines.replace(".venv/bin/", f"{Path(sys.executable).parent}{os.sep}")
    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert '"title": "The disk of db-01 is full"' in told.stdout
    assert '"total_count": 1' in told.stdout or '"totalCount": 1' in told.stdout


def test_what_serve_prints_for_a_newcomer_works_when_pasted(
    shell: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    _, environment = shell
    with subprocess.Popen(
        [COMMAND, "serve", "--port", "0", "--demo"],
        env=environment | {"EVENT_DATA_DIR": str(tmp_path / "demo")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("grpcurl"):
                break
        try:
            pasted = [line for line in printed if "grpcurl " in line]
            assert len(pasted) == 2
            told = [
                subprocess.run(
                    ["bash", "-c", line],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
                for line in pasted
            ]
        finally:
            process.terminate()
    assert '"title": "Disk almost full"' in told[1]

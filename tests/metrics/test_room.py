"""The files of a worker's metrics have their room on the disk, and no more once it has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from event_service.metrics.ended_workers import worker_gone
from event_service.metrics.shared_files import VARIABLE
from tests.metrics.scraping import Scrape

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WORKER = (sys.executable, "-m", "tests.metrics.worker", "3", "5")
BLOCK_BYTES = 512
"""Of ``st_blocks``, whatever the file system has."""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def worker(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """One that has counted, and runs on."""
    assert os.environ[VARIABLE] == str(directory)
    with subprocess.Popen(
        WORKER, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
        yield process
        process.kill()


@pytest.mark.usefixtures("worker")
def test_what_a_worker_writes_to_is_on_the_disk_already(directory: Path) -> None:
    files = [file.stat() for file in directory.glob("*.db")]
    assert len(files) == 5
    for file in files:
        assert file.st_blocks * BLOCK_BYTES >= file.st_size


def test_what_a_worker_has_not_used_goes_with_it_and_its_counts_stay(
    directory: Path, worker: subprocess.Popen[str]
) -> None:
    worker.kill()
    worker.wait()
    worker_gone(worker.pid)
    assert {file.name for file in directory.glob("*.db")} == {
        "counter_ended.db",
        "histogram_ended.db",
    }
    assert sum(file.stat().st_size for file in directory.glob("*.db")) < 128 * 1024
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    scrape = Scrape(generate_latest(registry).decode())
    assert scrape.value("grpc_server_handled_total", grpc_method="call") == 3

"""A worker that takes another's place counts, whatever becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from event_service.metrics.shared_files import VARIABLE
from event_service.workers.fleet import AGAIN
from tests.metrics.scraping import Scrape

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("no_event_variables")
def test_one_that_cannot_start_is_counted_too(tmp_path: Path) -> None:
    worker = [sys.executable, "-m", "event_service.workers", "1", AGAIN]
    for _ in range(2):
        ended = subprocess.run(
            worker, env={**os.environ, VARIABLE: str(tmp_path)}, cwd=tmp_path, check=False
        )
        assert ended.returncode == 1
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(tmp_path))  # type: ignore[no-untyped-call]
    scrape = Scrape(generate_latest(registry).decode())
    assert scrape.value("event_service_worker_restarts_total") == 2

"""Several worker processes keep one account, whichever of them is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.metrics.scraping import Scrape

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scrapes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scrape, Scrape]:
    """What a supervisor of two workers sees, before and after one of them was killed."""
    directory = tmp_path_factory.mktemp("data") / "metrics"
    directory.mkdir()
    (directory / "counter_1.db").write_bytes(b"left by a service that has ended")
    told = subprocess.run(
        [sys.executable, "-m", "tests.metrics.supervisor", str(directory)],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    both, one = json.loads(told)
    return Scrape(both), Scrape(one)


def test_counts_are_those_of_all(scrapes: tuple[Scrape, Scrape]) -> None:
    for scrape in scrapes:
        assert scrape.value("grpc_server_handled_total", grpc_method="call") == 7
        assert scrape.value("grpc_server_handling_seconds_count", grpc_method="call") == 7
    assert [scrape.value("event_service_worker_restarts_total") for scrape in scrapes] == [0, 1]


def test_a_queue_goes_with_its_worker(scrapes: tuple[Scrape, Scrape]) -> None:
    depths = [scrape.value("event_service_queue_depth", queue="create") for scrape in scrapes]
    assert depths == [11, 5]


def test_what_all_see_is_not_added_up(scrapes: tuple[Scrape, Scrape]) -> None:
    both, one = scrapes
    assert both.value("event_service_store_up", store="redis") == 1
    assert both.value("event_service_build_info", version="1.2.3") == 1
    assert both.value("event_service_alerts_open") == 4
    assert one.value("event_service_alerts_open") == 3


def test_no_series_names_a_process(scrapes: tuple[Scrape, Scrape]) -> None:
    for scrape in scrapes:
        assert all("pid" not in sample.labels for sample in scrape.samples)

"""What is left of workers' metrics when they have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

from event_service.metrics import ended_workers
from event_service.metrics.ended_workers import worker_gone
from event_service.metrics.shared_files import VARIABLE, begun_files
from tests.full_disk import full_disk

if TYPE_CHECKING:
    from pathlib import Path

ENDED = {"counter_ended.db", "histogram_ended.db"}


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "[of] this*"
    directory.mkdir()
    monkeypatch.setenv(VARIABLE, str(directory))
    monkeypatch.setattr(ended_workers, "_ended", set())
    return directory


def keep(directory: Path, pid: int) -> None:
    """What a worker keeps that has counted as many calls as its pid."""
    for kind, name in (("counter", "calls_total"), ("histogram", "seconds_sum")):
        file = MmapedDict(str(directory / f"{kind}_{pid}.db"))  # type: ignore[no-untyped-call]
        for method in ("create", f"only {pid} was asked"):
            key = mmap_key(name.rpartition("_")[0], name, ["method"], [method], "")
            file.write_value(key, float(pid), 0.0)  # type: ignore[no-untyped-call]
        file.close()  # type: ignore[no-untyped-call]


def told() -> dict[tuple[str, str], float]:
    """What is told of the calls."""
    with begun_files() as files:
        metrics = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    return {
        (sample.name, sample.labels["method"]): sample.value
        for metric in metrics
        for sample in metric.samples
        if not sample.name.endswith("_count")
    }


def names(directory: Path) -> set[str]:
    return {file.name for file in directory.iterdir()}


def test_what_is_left_of_a_worker_are_its_counts(directory: Path) -> None:
    for name in ("gauge_livesum_7.db", "gauge_livesum_8.db", "counter_7.db"):
        (directory / name).touch()
    worker_gone(7)
    assert "gauge_livesum_7.db" not in names(directory)
    assert "gauge_livesum_8.db" in names(directory)


def test_those_that_have_ended_have_no_file_each(directory: Path) -> None:
    for pid in range(1, 11):
        keep(directory, pid)
    before = told()
    assert before["calls_total", "create"] == before["seconds_sum", "create"] == 55
    for pid in range(1, 10):
        worker_gone(pid)
        assert told() == before
    assert names(directory) == ENDED | {"counter_10.db", "histogram_10.db"}
    sizes = [(directory / name).stat().st_size for name in sorted(ENDED)]
    assert max(sizes) < 4096


def test_without_room_the_files_wait_for_the_next_end(directory: Path) -> None:
    for pid in (1, 2):
        keep(directory, pid)
    before = told()
    with full_disk():
        worker_gone(1)
        assert told() == before
    worker_gone(2)
    assert told() == before
    assert names(directory) == ENDED


def test_a_file_that_is_torn_holds_up_nobody(directory: Path) -> None:
    keep(directory, 1)
    (directory / "counter_2.db").write_bytes(b"\xff\xff\0\0" + b"\xff" * 100)
    worker_gone(1)
    worker_gone(2)
    assert "counter_ended.db" in names(directory)


def test_none_goes_while_they_are_read(directory: Path) -> None:
    for pid in (1, 2):
        keep(directory, pid)
    before = told()
    with begun_files() as files:
        worker_gone(1)
        MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    worker_gone(2)
    assert told() == before
    assert names(directory) == ENDED

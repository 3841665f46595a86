"""What is left of a worker's metrics when it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.metrics.shared_files import VARIABLE, worker_gone

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_is_left_of_a_worker_are_its_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "[of] this*"
    directory.mkdir()
    monkeypatch.setenv(VARIABLE, str(directory))
    for name in ("gauge_livesum_7.db", "gauge_livesum_8.db", "counter_7.db"):
        (directory / name).touch()
    worker_gone(7)
    assert {file.name for file in directory.iterdir()} == {"gauge_livesum_8.db", "counter_7.db"}

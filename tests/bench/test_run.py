"""The smallest run there is, against a real service."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
SMALL = ("--clients", "2", "--stored", "300", "--rounds", "2", "--seconds", "0.2")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """The JSON and the table of a run of four cases."""
    file = tmp_path_factory.mktemp("bench") / "found.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench", *SMALL),
            *("--case", "get,list_alert,create_mix,http_new", "--json", str(file)),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(file.read_text()), done.stdout


def test_every_case_is_measured_beside_its_floor(ran: tuple[dict[str, Any], str]) -> None:
    found, _ = ran
    assert [one["case"] for one in found["measurements"]] == [
        "get",
        "list_alert",
        "create_mix",
        "http_new",
    ]
    for one in found["measurements"]:
        assert len(one["service"]) == len(one["floor"]) == 2
        for sample in one["service"] + one["floor"]:
            assert sample["calls"] > 0
            assert sample["faults"] == {}
            assert sample["cpu_per_call"] > 0
            assert sample["p50"] <= sample["p95"] <= sample["p99"]
        lowest, middle, highest = (one["ratio"][name] for name in ("lowest", "median", "highest"))
        assert 0 < lowest <= middle <= highest
        assert bool(one["inserts"]) == (one["case"] in {"create_mix", "http_new"})
        assert 10 < one["memory_mebibytes"]["idle"] < 1_000


def test_what_the_stores_use_is_counted_apart(ran: tuple[dict[str, Any], str]) -> None:
    creates = ran[0]["measurements"][2]
    assert sum(sample["mongodb_seconds"] for sample in creates["service"]) > 0
    assert all(sample["mongodb_seconds"] == 0 for sample in creates["floor"])


def test_the_table_has_a_row_for_each_case_and_fits_120_columns(
    ran: tuple[dict[str, Any], str],
) -> None:
    found, shown = ran
    lines = shown.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 120
    for one in found["measurements"]:
        row = next(line for line in lines if line.startswith(f"{one['case']} "))
        assert f"{one['ratio']['median']:.2f} (" in row
        assert "…" not in row
    for verdict in found["targets"]:
        assert verdict["target"] in shown


def test_the_file_says_on_what_and_not_where(ran: tuple[dict[str, Any], str]) -> None:
    found, _ = ran
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["packages"]["grpcio"]
    text = json.dumps(found)
    assert str(ROOT) not in text
    assert str(Path.home()) not in text


def test_nothing_is_left_running_after_a_signal(tmp_path: Path) -> None:
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "bench", "--case", "create_new", "--clients", "2"),
            *("--stored", "0", "--seconds", "60", "--json", str(tmp_path / "found.json")),
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as bench:
        assert bench.stderr is not None
        for line in bench.stderr:
            if line.startswith("create_new"):
                break
        started = psutil.Process(bench.pid).children(recursive=True)
        bench.terminate()
        bench.communicate()
    assert len(started) > 5
    assert not [one for one in psutil.wait_procs(started, timeout=30)[1] if one.is_running()]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_what_was_found_before_it_was_stopped_is_told(tmp_path: Path, told: signal.Signals) -> None:
    file = tmp_path / "found.json"
    options = ("--clients", "1,2", "--stored", "300", "--rounds", "1", "--seconds", "0.2")
    command = [*(sys.executable, "-m", "bench", *options), *("--case", "get", "--json", str(file))]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as bench:
        assert bench.stderr is not None
        next(line for line in bench.stderr if line.startswith("get: 2 clients"))
        bench.send_signal(told)
        shown, _ = bench.communicate()
    assert bench.returncode == 0
    assert "It was stopped before its end." in shown
    assert [one["clients"] for one in json.loads(file.read_text())["measurements"]] == [1]

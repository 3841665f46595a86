"""What the doctor says of this machine and of a service on it."""

from __future__ import annotations

import resource
import shutil
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from event_service.bodies import struct_bson
from event_service.doctor.finding import Finding, Mark
from event_service.doctor.machine import check_compiled, check_data_directory, check_open_files
from event_service.doctor.running_service import ServiceAddress, check_ports, check_service
from event_service.doctor.variables import check_variables
from event_service.open_files import allow_files, files_needed
from event_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_event_variables")


def by_what(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def settings_of(**choices: Any) -> Settings:
    return Settings.model_validate(choices)


def test_a_slip_in_a_name_is_noticed() -> None:
    given = {"EVENT_MONGODB_URL": "mongodb://u:hunter2@h", "EVENT_PORT": "1"}
    (found,) = check_variables(given)
    assert (found.mark, found.advice) == (Mark.WARNING, "Did you mean EVENT_MONGODB_URI?")
    assert "hunter2" not in str(found)


def test_each_slip_is_noticed() -> None:
    given = {"EVENT_MONGODB_URL": "mongodb://h", "EVENT_RETENTION_DAY": "90"}
    assert [found.advice for found in check_variables(given)] == [
        "Did you mean EVENT_MONGODB_URI?",
        "Did you mean EVENT_RETENTION_DAYS?",
    ]


def test_names_that_are_none_of_ours_are_left_alone() -> None:
    given = {"EVENT_SERVICE_PORT_50051_TCP": "x", "EVENT_TOKEN": "x", "EVENT_HOST": "h", "X": "y"}
    (found,) = check_variables(given)
    assert found.mark is Mark.OK
    assert "1 of" in found.found


def test_a_data_directory(tmp_path: Path) -> None:
    def look(path: Path, holder: int | None = None) -> Finding:
        found = check_data_directory(settings_of(data_dir=path), holder=holder, embedded=False)
        return by_what(found)["Data directory"]

    assert "nobody holds it" in look(tmp_path).found
    assert "held by process 7" in look(tmp_path, 7).found
    assert "made when it is needed" in look(tmp_path / "a" / "b").found
    (tmp_path / "file").write_text("")
    assert look(tmp_path / "file" / "b").mark is Mark.FAILURE
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("free", "mark"), [(3 << 30, Mark.OK), (1 << 30, Mark.WARNING), (1 << 20, Mark.FAILURE)]
)
def test_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, mark: Mark
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    settings = settings_of(data_dir=tmp_path)
    found = by_what(check_data_directory(settings, holder=None, embedded=True))
    assert found["Disk"].mark is mark
    assert "Disk" not in by_what(check_data_directory(settings, holder=None, embedded=False))


@contextmanager
def process_of(files: int) -> Iterator[int]:
    """The pid of a process that may have so many files open."""
    with subprocess.Popen(["sleep", "60"]) as process:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (files, hard))
        yield process.pid
        process.kill()


def test_open_files_are_few() -> None:
    with process_of(200) as pid:
        (few,) = check_open_files(settings_of(), pid)
    (many,) = check_open_files(settings_of(grpc_threads=1, http_connections=1), None)
    assert (few.mark, "200 are allowed" in few.found) == (Mark.WARNING, True)
    assert "LimitNOFILE=" in few.advice
    assert many.mark is Mark.OK


def test_as_many_files_are_needed_as_connections_may_be_open() -> None:
    with process_of(850) as pid:
        (over_http,) = check_open_files(settings_of(http_connections=800), pid)
        (without,) = check_open_files(settings_of(http_connections=800, http_port=-1), pid)
    assert over_http.mark is Mark.WARNING
    assert without.mark is Mark.OK


def test_a_start_takes_the_files_that_it_needs_and_the_doctor_knows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = settings_of(grpc_threads=1, http_connections=1)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
        (found,) = check_open_files(settings, None)
        allow_files(settings)
        taken, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        allow_files(settings_of(grpc_threads=1, http_port=-1))
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (taken, hard), "never fewer"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert taken == files_needed(settings)
    assert found.mark is Mark.OK


def test_parts_that_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(struct_bson, "__file__", "/there/struct_bson.py")
    found = check_compiled()
    assert (found.mark, "gcc" in found.advice) == (Mark.WARNING, True)
    monkeypatch.setattr(struct_bson, "__file__", "/there/struct_bson.cpython-311.so")
    assert check_compiled().mark is Mark.OK


def test_ports_that_are_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (found,) = check_ports(settings_of(port=port, http_port=-1), holder=None)
    assert (found.mark, str(port) in found.found) == (Mark.FAILURE, True)
    assert "EVENT_PORT" in found.advice
    (free,) = check_ports(settings_of(port=port, http_port=-1), holder=None)
    assert free.mark is Mark.OK
    (twice,) = check_ports(settings_of(port=port, http_port=port), holder=None)
    assert (twice.mark, str(port) in twice.found) == (Mark.FAILURE, True)
    assert "EVENT_HTTP_PORT" in twice.advice
    (any_port,) = check_ports(settings_of(port=0), holder=None)
    assert any_port.mark is Mark.OK


def test_a_host_that_no_name_can_be() -> None:
    (found,) = check_ports(settings_of(host="a..b"), holder=None)
    assert (found.mark, "a..b" in found.found) == (Mark.FAILURE, True)


def test_a_service_that_only_starts() -> None:
    (found,) = check_ports(settings_of(), holder=4242)
    assert (found.mark, "process 4242" in found.found) == (Mark.WARNING, True)


def test_a_service_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        found = by_what(check_service(ServiceAddress(address, address, 1), 0.3))
    assert found["Service"].mark is Mark.FAILURE
    assert "no answer" in found["HTTP"].found

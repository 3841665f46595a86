import json
import os
import re
import stat
from pathlib import Path

import pytest

from event_service.embedded.directory import DataDirectory, holder_of, read_runtime
from event_service.embedded.runtime import RUNTIME_FILE, Runtime
from event_service.start_errors import DataDirectoryError
from tests.full_disk import full_disk

RUNTIME = Runtime("127.0.0.1:50051", None, "mongodb://u:secret@h/db", "redis://:secret@h", 7)


def test_a_new_directory_is_this_users_alone(tmp_path: Path) -> None:
    with DataDirectory(tmp_path / "a" / "b") as directory:
        assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700


def test_a_second_holder_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with (
        DataDirectory(tmp_path),
        pytest.raises(DataDirectoryError, match=rf"in use .*\(pid {os.getpid()}\)"),
    ):
        DataDirectory(tmp_path)


def test_a_holder_that_is_no_process_is_unknown(tmp_path: Path) -> None:
    with DataDirectory(tmp_path):
        (tmp_path / "lock").write_text("99999999999999999999\n")
        assert holder_of(tmp_path) == 0


def test_a_released_directory_can_be_held_again(tmp_path: Path) -> None:
    DataDirectory(tmp_path).release()
    DataDirectory(tmp_path).release()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataDirectoryError, match="file/data"):
        DataDirectory(tmp_path / "file" / "data")


def test_a_full_disk_is_told_with_the_directory_and_holds_nothing(tmp_path: Path) -> None:
    place = re.escape(str(tmp_path))
    with full_disk(), pytest.raises(DataDirectoryError, match=f"{place} can't be used"):
        DataDirectory(tmp_path)
    with DataDirectory(tmp_path) as directory:
        with full_disk(), pytest.raises(DataDirectoryError, match=f"{place} can't be used"):
            directory.write_runtime(RUNTIME)
        assert read_runtime(tmp_path) is None


def test_a_place_that_takes_no_further_file_is_named(tmp_path: Path) -> None:
    (tmp_path / RUNTIME_FILE).mkdir()
    with pytest.raises(DataDirectoryError, match=str(tmp_path)):
        DataDirectory(tmp_path)
    (tmp_path / RUNTIME_FILE).rmdir()
    with DataDirectory(tmp_path) as directory:
        (tmp_path / f"{RUNTIME_FILE}.{os.getpid()}").mkdir()
        with pytest.raises(DataDirectoryError, match=str(tmp_path)):
            directory.write_runtime(RUNTIME)


def test_the_runtime_file_has_the_published_fields_and_is_the_owners_alone(tmp_path: Path) -> None:
    with DataDirectory(tmp_path) as directory:
        directory.write_runtime(RUNTIME)
        file = tmp_path / RUNTIME_FILE
        assert json.loads(file.read_text()) == {
            "grpc": "127.0.0.1:50051",
            "http": None,
            "mongodb_uri": "mongodb://u:secret@h/db",
            "redis_url": "redis://:secret@h",
            "pid": 7,
        }
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert read_runtime(tmp_path) == RUNTIME
        assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", RUNTIME_FILE]


def test_the_runtime_file_can_be_written_again(tmp_path: Path) -> None:
    with DataDirectory(tmp_path) as directory:
        directory.write_runtime(Runtime("old:1", None, "", "", 1))
        directory.write_runtime(RUNTIME)
        assert read_runtime(tmp_path) == RUNTIME


def test_the_runtime_file_goes_with_the_service(tmp_path: Path) -> None:
    with DataDirectory(tmp_path) as directory:
        directory.write_runtime(RUNTIME)
    assert not (tmp_path / RUNTIME_FILE).exists()
    assert read_runtime(tmp_path) is None


def test_what_a_killed_service_left_behind_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / RUNTIME_FILE).write_text(RUNTIME.to_json())
    (tmp_path / "lock").write_text("1\n")
    assert read_runtime(tmp_path) is None
    with DataDirectory(tmp_path):
        assert read_runtime(tmp_path) is None


def test_a_directory_that_is_not_there_has_no_service(tmp_path: Path) -> None:
    assert read_runtime(tmp_path / "nowhere") is None


def test_addresses_are_not_printed() -> None:
    assert "secret" not in repr(RUNTIME)


@pytest.mark.parametrize(
    "content", [b'{"grpc": "127.0.0.1:1"}', b"[]", b"null", b"{", b"", b"\xff"]
)
def test_a_runtime_file_of_another_form_is_told(tmp_path: Path, content: bytes) -> None:
    with DataDirectory(tmp_path) as directory:
        (tmp_path / RUNTIME_FILE).write_bytes(content)
        with pytest.raises(DataDirectoryError, match=f"{tmp_path}.*another version"):
            read_runtime(directory.path)


def test_fields_of_a_later_version_are_ignored() -> None:
    later = json.loads(RUNTIME.to_json()) | {"metrics": "127.0.0.1:9"}
    assert Runtime.from_json(json.dumps(later)) == RUNTIME

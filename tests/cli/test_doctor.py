"""``event-service doctor`` on real stores, well and not so well."""

from __future__ import annotations

import json
import os
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from event_service.auth.local import LocalKeyPair
from event_service.cli.doctor import findings_of
from event_service.doctor.finding import Mark, exit_status
from event_service.embedded.directory import DataDirectory
from event_service.model.indexes import ensure_indexes
from event_service.settings import Settings
from tests.full_disk import full_disk
from tests.redis_servers import redis_server
from tests.service.process import serving

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from tests.cli.conftest import Command


@pytest.fixture
def healthy(stores_given: Path, mongo_database: Database[dict[str, Any]]) -> Path:
    """An installation as it must be; its data directory."""
    ensure_indexes(mongo_database, None)
    LocalKeyPair(stores_given)
    return stores_given


@pytest.fixture(autouse=True)
def free_ports(no_stores_given: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """The usual ones may be taken on the machine of the tests."""
    monkeypatch.setenv("EVENT_PORT", "0")


COMPILED = "Compiled parts"
"""Not well where the machine has no compiler."""


def marks(findings: list[dict[str, Any]]) -> dict[str, str]:
    return {finding["what"]: finding["mark"] for finding in findings}


def amiss(findings: list[dict[str, Any]]) -> set[str]:
    """What is not as it must be."""
    return {what for what, mark in marks(findings).items() if mark != "ok"}


def failing(command: Command, what: str) -> dict[str, Any]:
    """The one finding that fails."""
    findings = json.loads(command.refused("doctor", "--json", "--timeout", "8"))
    (found,) = (each for each in findings if each["mark"] == "failure")
    assert found["what"] == what
    assert found["advice"]
    return dict(found)


@pytest.mark.usefixtures("healthy")
def test_all_is_well(command: Command) -> None:
    findings = command.told_json("doctor")
    assert amiss(findings) <= {COMPILED}, findings
    assert len(findings) == 18
    told = command.told("doctor")
    assert told.splitlines()[-1] == ("1 warning." if amiss(findings) else "All is well.")
    assert len(told.splitlines()) < 24
    assert max(map(len, told.splitlines())) <= 120


@pytest.mark.usefixtures("healthy")
def test_a_missing_index(command: Command, mongo_database: Database[dict[str, Any]]) -> None:
    mongo_database["event"].drop_index("event_id_1")
    assert failing(command, "Indexes")["found"] == "missing on event: event_id (unique)"
    told = command.refused("doctor")
    assert "✗ Indexes" in told
    assert "Run: event-service migrate" in told
    assert told.splitlines()[-1] == "1 failure."
    command.told("migrate")
    command.told("doctor")


def test_a_data_directory_that_is_a_file(command: Command, no_stores_given: Path) -> None:
    no_stores_given.touch()
    found = failing(command, "Data directory")
    assert "Not a directory" in found["found"]
    assert "set EVENT_DATA_DIR" in found["advice"]


def test_a_data_directory_on_a_full_disk(command: Command, no_stores_given: Path) -> None:
    LocalKeyPair(no_stores_given)
    with full_disk():
        assert str(no_stores_given) in failing(command, "Embedded stores")["found"]


@pytest.mark.usefixtures("healthy")
def test_a_redis_that_is_down(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_REDIS_URL", "redis://:hunter2@127.0.0.1:1")
    assert "Connection refused" in failing(command, "Redis")["found"]
    assert not any("hunter2" in printed for printed in command.printed)


@pytest.mark.usefixtures("healthy")
def test_what_is_found_is_told_once(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_IDENTITY_ENDPOINT", "grpc://127.0.0.1:1")
    monkeypatch.setenv("EVENT_SYSTEM_TOKEN", "hunter2")
    result = command("doctor", "--json", "--timeout", "8")
    assert "failure" in marks(json.loads(result.stdout)).values()
    assert result.stderr == "", "no line of the log"


@pytest.mark.usefixtures("healthy")
def test_a_redis_that_hangs(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    # It takes connections, as the system does for a process that is stopped, and says nothing.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("EVENT_REDIS_URL", f"redis://127.0.0.1:{port}")
        assert "Timeout" in failing(command, "Redis")["found"]


@pytest.mark.usefixtures("healthy")
def test_a_redis_that_throws_claims_out(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--maxmemory-policy", "allkeys-lru", "--appendonly", "yes")
    with redis_server(tmp_path / "r", *options) as port:
        monkeypatch.setenv("EVENT_REDIS_URL", f"redis://127.0.0.1:{port}")
        assert "allkeys-lru" in failing(command, "Redis memory")["found"]


@pytest.mark.usefixtures("healthy")
def test_a_database_that_is_down(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_MONGODB_URI", "mongodb://user:hunter2@127.0.0.1:1/x")
    found = failing(command, "MongoDB")
    assert "Connection refused" in found["found"]
    skipped = marks(json.loads(command.printed[-1]))
    assert skipped["Indexes"] == skipped["Clock of MongoDB"] == "skipped"
    (line,) = (each for each in command.refused("doctor").splitlines() if "- Not" in each)
    assert "MongoDB does not answer: Durable writes, Indexes" in line
    assert not any("hunter2" in printed for printed in command.printed)


@pytest.mark.usefixtures("healthy")
def test_a_database_that_hangs(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("EVENT_MONGODB_URI", f"mongodb://127.0.0.1:{port}/x")
        assert failing(command, "MongoDB")["found"].startswith("ServerSelectionTimeoutError")


@pytest.mark.usefixtures("healthy")
def test_a_plugin_that_is_not_there(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_PLUGINS", '{"plugin-x": "grpc://127.0.0.1:1"}')
    assert "plugin-x" in failing(command, "Plugins")["found"]


def test_a_key_that_others_can_read(command: Command, healthy: Path) -> None:
    (healthy / "auth" / "key.pem").chmod(0o640)
    assert "mode 640" in failing(command, "Identity")["found"]


@pytest.mark.usefixtures("healthy")
def test_public_keys_that_are_missing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_AUTH_JWKS", "/nowhere/keys.json")
    assert "/nowhere/keys.json" in failing(command, "Identity")["found"]


@pytest.mark.usefixtures("stores_given")
def test_settings_that_are_wrong(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_REDIS_URL", "http://user:hunter2@h")
    assert "EVENT_REDIS_URL" in failing(command, "Settings")["found"]
    assert not any("hunter2" in printed for printed in command.printed)


@pytest.mark.usefixtures("stores_given")
def test_addresses_that_are_none(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_MONGODB_URI", "mongodb://user:hun/ter2@h/x")
    assert "not a usable MongoDB address" in failing(command, "MongoDB")["found"]
    assert not any("ter2" in printed for printed in command.printed)


@pytest.mark.usefixtures("healthy")
def test_a_clock_that_is_off() -> None:
    found = list(findings_of(Settings(), 8.0, lambda: time.time() - 60))
    clocks = {each.what: each for each in found if each.what.startswith("Clock")}
    assert [each.mark for each in clocks.values()] == [Mark.FAILURE, Mark.FAILURE]
    assert exit_status(found) == 1


def test_embedded_stores_of_a_service_that_does_not_run(
    command: Command, no_stores_given: Path
) -> None:
    found = {each["what"]: each for each in command.told_json("doctor")}
    assert found["MongoDB"]["found"].startswith("embedded store")
    assert found["Indexes"]["found"] == "none yet: the database event_service is empty"
    assert found["Disk"]["found"].endswith("are free")
    assert not (no_stores_given / "auth").exists()


def test_a_service_that_is_only_starting(command: Command, no_stores_given: Path) -> None:
    with DataDirectory(no_stores_given):
        told = command.refused("doctor")
    assert f"process {os.getpid()} has the data directory and does not serve" in told
    assert "Embedded stores" in told


def test_a_running_service_with_stores_of_its_own(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as process:
        findings = json.loads(process.run("doctor", "--json"))
        assert amiss(findings) <= {COMPILED}, findings
        found = {each["what"]: each["found"] for each in findings}
        assert found["Service"].startswith(f"serving on {process.address}")
        assert found["HTTP"].startswith("ready on")


@pytest.mark.usefixtures("healthy")
def test_an_address_of_redis_that_is_none(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_REDIS_URL", "redis://user:hunter2@h/events")
    found = failing(command, "Redis")
    assert "not a usable Redis address" in found["found"]
    assert found["advice"] == "Correct EVENT_REDIS_URL."
    skipped = marks(json.loads(command.printed[-1]))
    assert skipped["Announcements"] == skipped["Clock of Redis"] == "skipped"
    assert not any("hunter2" in printed for printed in command.printed)


@pytest.mark.usefixtures("healthy")
def test_a_host_that_is_no_name(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_HOST", "h" * 70)
    monkeypatch.setenv("EVENT_PORT", "50051")
    monkeypatch.setenv("EVENT_HTTP_PORT", "-1")
    assert "can't be listened on" in failing(command, "Ports")["found"]

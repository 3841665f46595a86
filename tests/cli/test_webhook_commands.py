"""``event-service webhook`` and where it finds its stores."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from event_service.embedded.directory import DataDirectory
from event_service.embedded.runtime import Runtime

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from tests.cli.conftest import Command


@pytest.mark.usefixtures("stores_given")
def test_a_webhook_lives(command: Command) -> None:
    made = command.told_json("webhook", "create", "wh", "--domain", "domain-1")
    name, first = made["webhook_id"], made["access_key"]
    assert made["state"] == "ENABLED"
    assert (made["domain_id"], made["project_id"]) == ("domain-1", "project-local")
    shown = {key: made[key] for key in made if key not in {"access_key", "webhook_url", "grpcurl"}}
    assert command.told_json("webhook", "show", name) == shown
    assert command.told_json("webhook", "list") == [shown]
    assert command.told_json("webhook", "list", "--domain", "domain-2") == []
    rotated = command.told_json("webhook", "rotate-key", name)
    assert rotated["access_key"] != first
    assert command.told_json("webhook", "disable", name)["state"] == "DISABLED"
    assert command.told_json("webhook", "enable", name) == shown
    assert command.told_json("webhook", "delete", name) == {"webhook_id": name, "deleted": True}
    assert command.told_json("webhook", "list") == []


@pytest.mark.usefixtures("stores_given")
def test_a_key_is_printed_once(command: Command) -> None:
    created = command.told("webhook", "create", "wh")
    (webhook_id,) = (
        line.removeprefix("webhook_id: ")
        for line in created.splitlines()
        if line.startswith("webhook_id: ")
    )
    (key,) = (
        line.removeprefix("access_key: ").split()[0]
        for line in created.splitlines()
        if line.startswith("access_key: ")
    )
    assert f'"access_key": "{key}"' in created, "within the line for grpcurl"
    for arguments in (("list",), ("show", webhook_id), ("disable", webhook_id)):
        told = command.told("webhook", *arguments)
        assert webhook_id in told
        assert key not in told
        assert key not in command.told("webhook", *arguments, "--json")
    assert key not in command.told("webhook", "rotate-key", webhook_id)


@pytest.mark.usefixtures("stores_given")
def test_options_of_create_are_kept(
    command: Command, mongo_database: Database[dict[str, Any]]
) -> None:
    options = {"--plugin": "plugin-x", "--recovery-mode": "MANUAL", "--recording-policy": "all"}
    given = [word for option in options.items() for word in option]
    made = command.told_json(
        "webhook", "create", "wh", "--workspace", "w", "--project", "p", *given
    )
    stored = mongo_database["webhook"].find_one({"webhook_id": made["webhook_id"]})
    assert stored is not None
    assert stored["plugin_info"]["plugin_id"] == made["plugin_id"] == "plugin-x"
    assert stored["recovery_mode"] == made["recovery_mode"] == "MANUAL"
    assert stored["recording_policy"] == made["recording_policy"] == "all"
    assert (stored["workspace_id"], stored["project_id"]) == ("w", "p")


@pytest.mark.usefixtures("stores_given")
def test_what_fails_is_told_in_a_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ERROR_NOT_FOUND" in command.refused("webhook", "show", "webhook-zz")
    command.told("webhook", "create", "wh")
    assert "ERROR_INVALID_PARAMETER" in command.refused("webhook", "create", "wh")
    monkeypatch.setenv("EVENT_MONGODB_URI", "mongodb://user:hunter2@127.0.0.1:1/x")
    monkeypatch.setenv("EVENT_STORE_TIMEOUT_SECONDS", "0.1")
    assert "MongoDB failed" in command.refused("webhook", "list")
    monkeypatch.setenv("EVENT_MONGODB_URI", "postgres://user:hunter2@host/x")
    assert "EVENT_MONGODB_URI" in command.refused("webhook", "list")
    assert not any("hunter2" in printed for printed in command.printed)


@pytest.mark.usefixtures("stores_given")
def test_what_is_amiss_stands_beside_the_answer(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_REDIS_URL", "redis://127.0.0.1:1")
    result = command("webhook", "create", "wh", "--json")
    made = json.loads(result.stdout)
    assert "change not announced" in result.stderr
    assert made["webhook_id"] in result.stderr
    assert made["access_key"] not in result.stderr


@pytest.mark.usefixtures("stores_given")
def test_retention_is_left_alone(
    command: Command, mongo_database: Database[dict[str, Any]]
) -> None:
    mongo_database["event"].create_index([("created_at", 1)], expireAfterSeconds=86_400)
    command.told("webhook", "create", "wh")
    kept = mongo_database["event"].index_information()["created_at_1"]
    assert kept["expireAfterSeconds"] == 86_400


def test_the_stores_of_a_running_service_are_used(
    command: Command,
    no_stores_given: Path,
    mongodb_uri: str,
    redis_url: str,
    mongo_database: Database[dict[str, Any]],
) -> None:
    with DataDirectory(no_stores_given) as directory:
        directory.write_runtime(
            Runtime(
                grpc="0.0.0.0:40404",
                http=None,
                mongodb_uri=mongodb_uri,
                redis_url=redis_url,
                pid=os.getpid(),
            )
        )
        made = command.told_json("webhook", "create", "wh")
    assert " 127.0.0.1:40404 " in made["grpcurl"]
    assert mongo_database["webhook"].count_documents({"webhook_id": made["webhook_id"]}) == 1


def test_stores_of_a_service_that_does_not_run_are_opened(
    command: Command, no_stores_given: Path
) -> None:
    made = command.told_json("webhook", "create", "wh", "--data-dir", str(no_stores_given))
    (listed,) = command.told_json("webhook", "list")
    assert listed["webhook_id"] == made["webhook_id"]


def test_a_service_that_is_only_starting_is_named(command: Command, no_stores_given: Path) -> None:
    with DataDirectory(no_stores_given):
        assert f"pid {os.getpid()}" in command.refused("webhook", "list")

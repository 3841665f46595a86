"""The printed lines, run by a real shell with a grpcurl that tells what it was given."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from event_service.cli.address import reachable
from event_service.cli.grpcurl import create_line, list_line
from event_service.manager.access_key import new_key

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "spaceone.api.monitoring.v1.Event"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    fake = tmp_path / "grpcurl"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n[ "$3" = @ ] && cat\ntrue\n')
    fake.chmod(0o700)

    def run_line(line: str) -> list[str]:
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        shell = ["/bin/sh", "-c", line]
        told = subprocess.run(shell, env={"PATH": path}, capture_output=True, text=True, check=True)
        assert told.stderr == ""
        return told.stdout.splitlines()

    return run_line


def test_create_gives_the_key_through_a_pipe(run: Any) -> None:
    key = new_key()
    *arguments, body = run(create_line("127.0.0.1:50051", "webhook-1", key))
    assert arguments == ["-plaintext", "-d", "@", "127.0.0.1:50051", f"{SERVICE}/create"]
    request = json.loads(body)
    assert (request["webhook_id"], request["access_key"]) == ("webhook-1", key)
    assert request["data"]["event_type"] == "ALERT"


def test_list(run: Any) -> None:
    plaintext, data, body, address, method = run(list_line("127.0.0.1:50051"))
    assert (plaintext, data) == ("-plaintext", "-d")
    assert (address, method) == ("127.0.0.1:50051", f"{SERVICE}/list")
    assert json.loads(body) == {"query": {"page": {"limit": 10}}}


@pytest.mark.parametrize(
    ("listening", "asked"),
    [
        ("127.0.0.1:50051", "127.0.0.1:50051"),
        ("0.0.0.0:50051", "127.0.0.1:50051"),
        ("[::]:50051", "[::1]:50051"),
        (":::50051", "[::1]:50051"),
        ("::1:50051", "[::1]:50051"),
        ("[::1]:50051", "[::1]:50051"),
        ("event.example:50051", "event.example:50051"),
    ],
)
def test_an_address_that_stands_for_all_is_asked_on_loopback(listening: str, asked: str) -> None:
    assert reachable(listening) == asked

"""The log has one line for each call: which, whose, how long, and what came of it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from serve_command import COMMAND, environment_with
from tests.service.http.asking import Asking
from tests.service.process import ServeProcess, serving
from tests.service.running import Client, Webhook
from tests.service.windowless import Windowless

if TYPE_CHECKING:
    from pathlib import Path

EVENT = "/spaceone.api.monitoring.v1.Event"


def _lines(process: ServeProcess) -> list[dict[str, Any]]:
    log = process.log.read_text().splitlines()
    return [json.loads(line) for line in log if line.startswith("{")]


def _calls(process: ServeProcess) -> list[dict[str, Any]]:
    return [line for line in _lines(process) if line["event"] == "call"]


def _traffic(process: ServeProcess) -> tuple[str, str, str]:
    """Four calls that go well and two that fail; the webhook's id, its key, and a token."""
    webhook_id, key = process.webhook("logged")
    token = process.run("token", "--role", "DOMAIN_ADMIN", "--domain", "domain-1").strip()
    client = Client(process.address, [("token", token)])
    http = Asking(process.runtime()["http"], token)
    client.create(Webhook(webhook_id, key), {"title": "t"}, [("transaction_id", "tx-1")])
    path = f"/monitoring/v1/webhook/{webhook_id}/{key}/events"
    http.send("POST", path, {"title": "t"}, {"Transaction-Id": "tx-2"})
    client.call("list", {})
    http.call("list", {}, http.token | {"transaction_id": "two words"})
    client.call("get", {"event_id": "event-000000000000"})
    client.create(Webhook(key, webhook_id), {"title": "t"})
    client.channel.close()
    return webhook_id, key, token


def test_one_line_for_each_call(tmp_path: Path) -> None:
    with serving(tmp_path / "data", EVENT_LOG_FORMAT="json") as process:
        webhook_id, key, token = _traffic(process)
        assert process.stop() == 0
    calls = _calls(process)
    told = [
        (call["transport"], call["method"], call["caller"], call["status"], call["code"])
        for call in calls
    ]
    assert told == [
        ("grpc", f"{EVENT}/create", webhook_id, "OK", "OK"),
        ("http", f"{EVENT}/create", webhook_id, "OK", "OK"),
        ("grpc", f"{EVENT}/list", "DOMAIN_ADMIN", "OK", "OK"),
        ("http", f"{EVENT}/list", "DOMAIN_ADMIN", "OK", "OK"),
        ("grpc", f"{EVENT}/get", "DOMAIN_ADMIN", "NOT_FOUND", "ERROR_NOT_FOUND"),
        # The key came where the id belongs, and is not shown.
        ("grpc", f"{EVENT}/create", None, "NOT_FOUND", "ERROR_NOT_FOUND"),
    ]
    assert all(call["seconds"] > 0 and call["level"] == "info" for call in calls)
    assert [call.get("domain_id") for call in calls] == [None, None, *["domain-1"] * 3, None]
    ids = [call["request_id"] for call in calls]
    assert ids[:2] == ["tx-1", "tx-2"]
    assert "two words" not in ids
    assert len(set(ids)) == len(ids)
    assert not [line for line in _lines(process) if line["event"] == "http"]
    log = process.log.read_text()
    assert key not in log
    assert token not in log


def test_metadata_that_is_no_text_is_not_shown(tmp_path: Path) -> None:
    with serving(tmp_path / "data", EVENT_LOG_FORMAT="json") as process:
        with Windowless(int(process.address.rpartition(":")[2])) as client:
            client.ask(f"{EVENT}/list", b"", [("token", b"a-secret-\xff")])
        assert process.stop() == 0
    (call,) = _calls(process)
    assert call["code"] == "ERROR_AUTHENTICATE_FAILURE"
    assert "a-secret" not in process.log.read_text()


def test_lines_of_a_call_are_known_by_its_id(tmp_path: Path) -> None:
    with serving(tmp_path / "data", EVENT_LOG_FORMAT="json") as process:
        webhook_id, key = process.webhook("corrected")
        client = Client(process.address)
        body = {"title": "t", "severity": "CRITICAL", "occurred_at": "soon"}
        client.create(Webhook(webhook_id, key), body, [("transaction_id", "tx-9")])
        client.channel.close()
        assert process.stop() == 0
    of_call = [line["event"] for line in _lines(process) if line.get("request_id") == "tx-9"]
    assert of_call == ["event corrected", "call"]


@pytest.mark.parametrize("calls", ["errors", "slow"])
def test_calls_that_go_well_may_be_left_out(tmp_path: Path, calls: str) -> None:
    with serving(tmp_path / "data", EVENT_LOG_FORMAT="json", EVENT_LOG_CALLS=calls) as process:
        _traffic(process)
        assert process.stop() == 0
    told = _calls(process)
    # On a slow machine any call may be a slow one.
    assert not [call for call in told if call["status"] == "OK" and call["seconds"] < 1]
    assert len([call for call in told if call["status"] != "OK"]) == 2


def test_a_log_that_nobody_reads_any_longer_fails_no_call(tmp_path: Path) -> None:
    environment = environment_with({"EVENT_DATA_DIR": str(tmp_path / "data"), "EVENT_PORT": "0"})
    with subprocess.Popen(
        [COMMAND, "serve"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline().startswith("Serving on")
            process.stderr.close()
            address = json.loads((tmp_path / "data" / "runtime.json").read_text())["http"]
            http = Asking(address)
            for _ in range(3):
                assert http.call("list", {}).status == 401
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()

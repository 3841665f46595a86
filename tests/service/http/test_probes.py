"""Is it up, is it ready, which one is it; and where is it."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from tests.service.http.asking import Asking, asking

if TYPE_CHECKING:
    from tests.service.running import Running, Start


def test_up_and_ready(http: Asking) -> None:
    assert http.send("GET", "/healthz").body == {"status": "ok"}
    ready = http.send("GET", "/readyz")
    assert (ready.status, ready.body["status"]) == (200, "ready")
    assert ready.body["stores"] == {"mongodb": True, "redis": True}
    assert http.send("HEAD", "/readyz").status == 200


def test_ready_for_one_service(http: Asking) -> None:
    event = "/readyz?service=spaceone.api.monitoring.v1.Event"
    assert http.send("GET", event).status == 200
    unknown = http.send("GET", "/readyz?service=nothing")
    assert (unknown.status, unknown.code) == (404, "ERROR_NOT_FOUND")


def test_version(http: Asking) -> None:
    assert http.send("GET", "/version").body == {
        "name": "spaceone-event-service",
        "version": version("spaceone-event-service"),
    }


def test_runtime_says_where(start: Start) -> None:
    running = start()
    directory = running.service._parts.stores.directory  # noqa: SLF001
    assert directory is not None
    runtime = json.loads((directory.path / "runtime.json").read_text())
    assert runtime["http"] == running.service.http_address
    assert asking(running).send("GET", "/healthz").status == 200


def test_switched_off(start: Start) -> None:
    running: Running = start(http_port=-1)
    assert running.service.http_address is None
    assert running.client.call("list", {}).status == "OK"

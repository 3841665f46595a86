"""``event-service serve``: how it says where it is, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from event_service.stopping import run_until_stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from event_service.settings import Settings
    from event_service.stores import Stores
    from tests.cli.conftest import Command


class Recorded:
    """Ends when it is stopped without grace, or as soon as its calls have ended."""

    def __init__(self, *signals: signal.Signals, calls_end: bool = True) -> None:
        self.stops: list[float] = []
        self._signals = list(signals)
        self._calls_end = calls_end
        self._ended = threading.Event()

    def wait(self) -> None:
        self._send()
        assert self._ended.wait(30)

    def stop(self, grace_seconds: float) -> None:
        self.stops.append(grace_seconds)
        self._send()
        if self._calls_end or grace_seconds == 0:
            self._ended.set()
        assert self._ended.wait(30)

    def _send(self) -> None:
        if self._signals:
            os.kill(os.getpid(), self._signals.pop(0))


class EndsByItself(Recorded):
    """A service whose server fails."""

    def wait(self) -> None:
        return


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_calls_end(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    service = Recorded(number)
    assert run_until_stopped(service, 30)
    assert service.stops == [30]
    assert signal.getsignal(number) is before


def test_a_second_signal_hurries() -> None:
    service = Recorded(signal.SIGTERM, signal.SIGINT, calls_end=False)
    assert run_until_stopped(service, 30)
    assert service.stops == [30, 0]


def test_a_service_that_ends_by_itself_is_a_failure() -> None:
    assert not run_until_stopped(EndsByItself(), 30)


@pytest.fixture
def serve_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Recorded], list[Settings]]:
    """Puts a recorded service in the place of the real one; gives what it is built with."""
    # The process is that of all tests.
    monkeypatch.setenv("EVENT_ONE_CORE", "0")

    def put(recorded: Recorded) -> list[Settings]:
        built: list[Settings] = []

        class Service:
            address = "0.0.0.0:50099"
            http_address = "0.0.0.0:8099"
            wait = staticmethod(recorded.wait)
            stop = staticmethod(recorded.stop)

            def __init__(self, settings: Settings) -> None:
                built.append(settings)

            def start(self) -> None:
                assert recorded.stops == []

        module = ModuleType("event_service.app")
        monkeypatch.setattr(module, "build_service", Service, raising=False)
        monkeypatch.setitem(sys.modules, "event_service.app", module)
        return built

    return put


@pytest.mark.usefixtures("no_stores_given")
def test_options_win_over_the_environment(
    command: Command,
    serve_with: Callable[[Recorded], list[Settings]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVENT_PORT", "1")
    monkeypatch.setenv("EVENT_HTTP_PORT", "1")
    monkeypatch.setenv("EVENT_STOP_SECONDS", "7")
    recorded = Recorded(signal.SIGTERM)
    built = serve_with(recorded)
    told = command.told("serve", "--host", "127.0.0.2", "--port", "0", "--http-port", "-1")
    assert told.splitlines() == [
        "Serving on 0.0.0.0:50099",
        "HTTP on http://127.0.0.1:8099, explained at /docs",
    ]
    assert [(settings.host, settings.port, settings.http_port) for settings in built] == [
        ("127.0.0.2", 0, -1)
    ]
    assert recorded.stops == [7]


@pytest.mark.usefixtures("no_stores_given")
def test_a_port_that_is_none_is_refused(
    command: Command, serve_with: Callable[[Recorded], list[Settings]]
) -> None:
    built = serve_with(Recorded())
    assert "EVENT_PORT" in command.refused("serve", "--port", "65536")
    assert built == []


@pytest.mark.usefixtures("no_stores_given")
def test_a_slip_in_a_name_is_told_when_it_starts(
    command: Command,
    serve_with: Callable[[Recorded], list[Settings]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It would start on stores of its own, and nobody would know.
    monkeypatch.setenv("EVENT_MONGODB_URL", "mongodb://user:hunter2@host")
    monkeypatch.setenv("EVENT_LOG_FORMAT", "json")
    serve_with(Recorded(signal.SIGTERM))
    (line,) = (line for line in command.told("serve").splitlines() if "EVENT_" in line)
    told = json.loads(line)
    assert (told["level"], told["variable"]) == ("warning", "EVENT_MONGODB_URL")
    assert told["instead"] == "EVENT_MONGODB_URI"
    assert "hunter2" not in line


@pytest.mark.usefixtures("no_stores_given")
def test_a_service_that_ends_by_itself_exits_with_a_fault(
    command: Command, serve_with: Callable[[Recorded], list[Settings]]
) -> None:
    serve_with(EndsByItself())
    assert "ended by itself" in command.refused("serve")


@pytest.mark.usefixtures("no_stores_given")
def test_the_demo_makes_one_webhook(
    command: Command,
    serve_with: Callable[[Recorded], list[Settings]],
    stores: Stores,
    mongo_database: Database[dict[str, Any]],
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()
    monkeypatch.setenv("EVENT_MONGODB_URI", uri)
    monkeypatch.setenv("EVENT_REDIS_URL", redis_url)
    serve_with(Recorded(signal.SIGTERM))
    told = command.told("serve", "--demo")
    (webhook,) = mongo_database["webhook"].find()
    assert webhook["name"] == "demo"
    assert (webhook["domain_id"], webhook["workspace_id"], webhook["project_id"]) == (
        "domain-local",
        "workspace-local",
        "project-local",
    )
    assert f"webhook_id: {webhook['webhook_id']}" in told
    assert "access_key: " in told
    for method in ("create", "list"):
        assert f" 127.0.0.1:50099 spaceone.api.monitoring.v1.Event/{method}" in told

    serve_with(Recorded(signal.SIGTERM))
    again = command.told("serve", "--demo")
    assert "access_key" not in again
    assert mongo_database["webhook"].count_documents({}) == 1

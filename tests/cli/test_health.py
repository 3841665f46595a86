"""``event-service health`` against a real server."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import HealthServicer

from event_service.embedded.directory import DataDirectory
from event_service.embedded.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Command


@pytest.fixture
def servicer() -> HealthServicer:
    return HealthServicer()


@pytest.fixture
def address(servicer: HealthServicer) -> Iterator[str]:
    with ThreadPoolExecutor(1) as threads:
        server = grpc.server(threads)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"127.0.0.1:{port}"
        server.stop(None).wait()


@pytest.mark.usefixtures("no_stores_given")
def test_asks_for_one_of_them(command: Command, servicer: HealthServicer, address: str) -> None:
    servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    servicer.set("a.Service", health_pb2.HealthCheckResponse.SERVING)
    asked = ("health", "--address", address, "--service")
    assert command.told(*asked, "a.Service") == "SERVING\n"
    assert "NOT_FOUND" in command.refused(*asked, "no.Service")


@pytest.mark.usefixtures("no_stores_given")
def test_says_what_the_service_says(
    command: Command, servicer: HealthServicer, address: str
) -> None:
    assert command.told("health", "--address", address) == "SERVING\n"
    servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    assert command.refused("health", "--address", address) == "NOT_SERVING\n"


@pytest.mark.usefixtures("no_stores_given", "a_proxy_is_set")
def test_asks_this_machine_past_a_proxy(
    command: Command, servicer: HealthServicer, address: str
) -> None:
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    assert command.told("health", "--address", address) == "SERVING\n"


def test_finds_a_running_service_by_its_data_directory(
    command: Command, no_stores_given: Path, address: str
) -> None:
    with DataDirectory(no_stores_given) as directory:
        directory.write_runtime(
            Runtime(grpc=address, http=None, mongodb_uri="x", redis_url="x", pid=os.getpid())
        )
        assert command.told("health") == "SERVING\n"


@pytest.mark.usefixtures("no_stores_given")
def test_finds_a_service_by_its_settings(
    command: Command, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_HOST", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("EVENT_PORT", address.rpartition(":")[2])
    assert command.told("health") == "SERVING\n"


@pytest.mark.usefixtures("no_stores_given")
def test_nobody_there_is_a_failure(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
    assert "does not answer: UNAVAILABLE" in command.refused("health", "--address", nobody)


def test_version(command: Command) -> None:
    assert command.told("version") == version("spaceone-event-service") + "\n"

"""Several processes on the same ports, under one that keeps them running."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from typing import TYPE_CHECKING

import psutil
import pytest

from event_service.embedded.runtime import RUNTIME_FILE
from event_service.start_errors import StartError
from event_service.workers.reserved_port import ReservedPort
from tests.eventually import eventually
from tests.service.process import ServeProcess, serving
from tests.service.running import Client, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKERS = 2
WAIT_SECONDS = 60
MOST_CLIENTS = 100


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServeProcess]:
    with serving(tmp_path / "data", EVENT_PROCESSES=str(WORKERS)) as process:
        yield process


def _metric(process: ServeProcess, name: str) -> float:
    url = f"http://{process.runtime()['http']}/metrics"
    with urllib.request.urlopen(url, timeout=WAIT_SECONDS) as answer:  # our own
        lines = answer.read().decode().splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith((f"{name}{{", f"{name} "))
    )


def _body(number: int) -> dict[str, object]:
    return {"event_key": f"key-{number}", "title": "disk full"}


def _connected(process: ServeProcess) -> int:
    """How many of the workers have a client's connection."""
    port = int(process.address.rpartition(":")[2])
    return sum(
        any(
            connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port
            for connection in worker.net_connections("tcp")
        )
        for worker in process.workers()
    )


def test_they_share_ports_webhooks_and_one_account(process: ServeProcess) -> None:
    webhook = Webhook(*process.webhook("shared"))
    clients: list[Client] = []
    # The system deals out connections as it likes: so many that both workers have some.
    while _connected(process) < WORKERS:
        assert len(clients) < MOST_CLIENTS
        clients.append(Client(process.address))
        assert clients[-1].create(webhook, _body(len(clients))).status == "OK"
    # Each worker tells the others once a second what it has counted.
    eventually(lambda: _metric(process, "grpc_server_handled_total") >= len(clients))
    assert _metric(process, "event_service_worker_restarts_total") == 0
    for client in clients:
        client.channel.close()
    assert process.stop() == 0


def test_they_find_what_is_named_from_where_the_service_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keys.json").write_text("{}")
    (tmp_path / "structlog.py").write_text("raise SystemExit('this is none of ours')\n")
    monkeypatch.chdir(tmp_path)
    with serving(
        tmp_path / "data", EVENT_PROCESSES=str(WORKERS), EVENT_AUTH_JWKS="keys.json"
    ) as process:
        assert process.stop() == 0


def test_they_serve_without_http(tmp_path: Path) -> None:
    with serving(tmp_path / "data", EVENT_PROCESSES=str(WORKERS), EVENT_HTTP_PORT="-1") as process:
        client, webhook = Client(process.address), Webhook(*process.webhook("alone"))
        assert client.create(webhook, _body(0)).status == "OK"
        assert process.runtime()["http"] is None
        client.channel.close()
        assert process.stop() == 0


def test_one_that_is_killed_is_started_again(process: ServeProcess) -> None:
    webhook = Webhook(*process.webhook("killed"))
    before = {worker.pid for worker in process.workers()}
    assert len(before) == WORKERS
    os.kill(min(before), signal.SIGKILL)
    client = Client(process.address)
    eventually(lambda: client.create(webhook, _body(0)).status == "OK")
    eventually(lambda: _metric(process, "event_service_worker_restarts_total") == 1)
    after = {worker.pid for worker in process.workers()}
    assert len(after) == WORKERS
    assert after & before == {max(before)}
    client.channel.close()


def test_one_that_hangs_is_started_again(tmp_path: Path) -> None:
    with serving(
        tmp_path / "data", EVENT_PROCESSES=str(WORKERS), EVENT_HANG_SECONDS="6"
    ) as process:
        hung, other = process.workers()
        hung.suspend()
        assert psutil.wait_procs([hung], WAIT_SECONDS)[1] == []
        eventually(lambda: _metric(process, "event_service_worker_restarts_total") == 1)
        after = process.workers()
        assert len(after) == WORKERS
        assert other in after
        assert process.stop() == 0


def test_none_outlives_the_one_that_keeps_them(process: ServeProcess) -> None:
    workers = process.workers()
    assert len(workers) == WORKERS
    process.kill()
    assert psutil.wait_procs(workers, WAIT_SECONDS)[1] == []
    process.restart()
    assert len(process.workers()) == WORKERS


def test_a_data_directory_that_cannot_be_left_in_order_keeps_none_of_them(
    process: ServeProcess,
) -> None:
    process.webhook("any")
    workers = process.workers()
    runtime = process.data_dir / RUNTIME_FILE
    runtime.unlink()
    (runtime / "not empty").mkdir(parents=True)
    assert process.stop() == 0
    assert psutil.wait_procs(workers, WAIT_SECONDS)[1] == []


@pytest.mark.parametrize("host", ["a..b", "a" * 64])
def test_a_host_that_no_name_can_be_is_told(host: str) -> None:
    with pytest.raises(StartError, match=f"{host}:0 can't be listened on"):
        ReservedPort(host, 0, "EVENT_PORT")


def test_a_port_is_shared_with_nobody_else() -> None:
    first = ReservedPort("127.0.0.1", 0, "EVENT_PORT")
    with pytest.raises(StartError, match=f"{first.address} can't be listened on"):
        ReservedPort("127.0.0.1", first.port, "EVENT_PORT")
    first.close()
    again = ReservedPort("127.0.0.1", first.port, "EVENT_PORT")
    assert again.address == first.address
    again.close()


def test_a_port_is_taken_again_while_its_last_connections_wind_up() -> None:
    first = ReservedPort("127.0.0.1", 0, "EVENT_PORT")
    with socket.socket() as worker:
        for choice in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            worker.setsockopt(socket.SOL_SOCKET, choice, 1)
        worker.bind(("127.0.0.1", first.port))
        worker.listen()
        with socket.create_connection(("127.0.0.1", first.port)) as client:
            worker.accept()[0].close()
            assert client.recv(1) == b""
    first.close()
    ReservedPort("127.0.0.1", first.port, "EVENT_PORT").close()

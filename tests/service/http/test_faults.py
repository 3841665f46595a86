"""How faults that are hard to provoke are answered, over a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from starlette.routing import Route

from event_service.admission.places import Places
from event_service.errors import (
    DeadlineExceeded,
    QuotaExceeded,
    ServiceError,
    TooLarge,
    Unavailable,
)
from event_service.http.app import application
from event_service.http.protocol import ConnectionLimits
from event_service.http.server import HttpServer
from event_service.http.statuses import status_of
from event_service.http.workers import Workers
from event_service.start_errors import StartError
from tests.service.http.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

LIMITS = ConnectionLimits(waiting_seconds=5, connections=10)
FAULTS: dict[str, Exception] = {
    "quota": QuotaExceeded("events of the webhook", 10, 7),
    "hurried": QuotaExceeded("events of the webhook", 10),
    "size": TooLarge("bytes", 10),
    "down": Unavailable("The database does not answer."),
    "slow": DeadlineExceeded(),
    "bug": RuntimeError("a secret"),
    "exit": ValueError("a secret"),
}


async def _fail(request: Request) -> Response:
    raise FAULTS[request.path_params["name"]]


@pytest.fixture(scope="module")
def http() -> Iterator[Asking]:
    app = application([Route("/{name}", _fail)])
    server = HttpServer(app, "127.0.0.1", 0, LIMITS, [Workers(Places(1, 8))])
    server.start()
    yield Asking(server.address)
    server.stop(5)


@pytest.mark.parametrize(
    ("name", "status", "code", "retry"),
    [
        ("quota", 429, "ERROR_QUOTA_EXCEEDED", "7"),
        ("hurried", 429, "ERROR_QUOTA_EXCEEDED", "1"),
        ("size", 413, "ERROR_QUOTA_EXCEEDED", None),
        ("down", 503, "ERROR_UNAVAILABLE", "5"),
        ("slow", 504, "ERROR_DEADLINE_EXCEEDED", None),
        ("bug", 500, "ERROR_UNKNOWN", None),
        ("exit", 500, "ERROR_UNKNOWN", None),
    ],
)
def test_answers(http: Asking, name: str, status: int, code: str, retry: str | None) -> None:
    answer = http.send("GET", f"/{name}")
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers.get("retry-after") == retry
    assert b"secret" not in answer.content
    assert b"Traceback" not in answer.content


def test_every_status_of_grpc_has_one_of_http() -> None:
    for status in grpc.StatusCode:
        fault = ServiceError("x")
        fault.status = status  # type: ignore[misc]
        assert 200 <= status_of(fault) < 600


def test_a_port_that_is_taken(http: Asking) -> None:
    port = int(http.address.rpartition(":")[2])
    workers = Workers(Places(1, 8))
    with pytest.raises(StartError, match="EVENT_HTTP_PORT"):
        HttpServer(application([]), "127.0.0.1", port, LIMITS, [workers])
    workers.close()


def test_a_server_that_never_started_can_be_stopped() -> None:
    HttpServer(application([]), "127.0.0.1", 0, LIMITS, [Workers(Places(1, 8))]).stop(5)

"""Calls over gRPC whose request doesn't come: they hold no thread for long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from event_service.stubs.grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc
from tests.eventually import eventually
from tests.service.windowless import Windowless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.service.running import Running, Start

THREADS = 2
METHODS = (
    "/spaceone.api.monitoring.v1.Event/create",
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
)


@pytest.fixture
def impatient(start: Start) -> Running:
    """Soon tired of who never sends what it should."""
    return start(grpc_threads=THREADS, http_read_seconds=0.5)


@pytest.fixture
def running(start: Start) -> Running:
    """So that what is sent at once is in time, also where a thread stands still meanwhile."""
    return start(grpc_threads=THREADS, http_read_seconds=3)


@pytest.fixture
def silence() -> Iterator[Callable[[], Iterator[bytes]]]:
    """Requests that don't come before the end of the test."""
    end = threading.Event()

    def none_yet() -> Iterator[bytes]:
        end.wait(60)
        yield from ()

    yield none_yet
    end.set()


@pytest.mark.parametrize("method", METHODS)
def test_a_call_that_sends_nothing_is_ended(
    impatient: Running, silence: Callable[[], Iterator[bytes]], method: str
) -> None:
    ask: Any = impatient.client.channel.stream_stream(method)
    call = ask(silence(), timeout=60)
    with pytest.raises(grpc.RpcError) as raised:
        next(call)
    assert raised.value.code() is grpc.StatusCode.CANCELLED


def test_calls_that_send_nothing_keep_others_waiting_no_longer_than_that(
    running: Running, silence: Callable[[], Iterator[bytes]]
) -> None:
    silent: Any = running.client.channel.stream_stream(METHODS[0])
    calls = [silent(silence(), timeout=60) for _ in range(THREADS)]
    assert running.client.create(running.webhook(), {"title": "x"}).status == "OK"
    for call in calls:
        call.cancel()


def test_of_many_that_take_long_those_that_came_first_are_ended(
    start: Start, silence: Callable[[], Iterator[bytes]]
) -> None:
    most = 8
    running = start(grpc_threads=32, http_read_seconds=600, max_request_bytes="64MiB")
    ask: Any = running.client.channel.stream_stream(METHODS[0])
    calls = [ask(silence(), timeout=60) for _ in range(most)]
    assert running.client.create(running.webhook(), {"title": "x"}).status == "OK"
    more = [ask(silence(), timeout=60) for _ in range(2)]
    assert eventually(lambda: sum(call.done() for call in calls) == len(more))
    assert not any(call.done() for call in more)
    for call in (*calls, *more):
        call.cancel()


def test_clients_that_take_no_answer_keep_no_others_from_reflection(running: Running) -> None:
    services = reflection_pb2.ServerReflectionRequest(list_services="*")
    with Windowless(int(running.service.address.rpartition(":")[2])) as client:
        for _ in range(4):  # as many as reflection has threads
            client.ask(METHODS[3], services.SerializeToString())
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(running.client.channel)
        (answer,) = stub.ServerReflectionInfo(iter((services,)), timeout=60)
    assert answer.list_services_response.service


@pytest.mark.parametrize("method", METHODS[:3])
def test_a_call_without_a_message_is_refused(running: Running, method: str) -> None:
    call: Any = running.client.channel.stream_stream(method)(iter(()), timeout=60)
    with pytest.raises(grpc.RpcError) as raised:
        next(call)
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT

"""More calls than there may be: refused at once, and no place is ever lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from tests.service.flood import Flood, keys

if TYPE_CHECKING:
    from tests.service.held import Held
    from tests.service.running import Answer, Running, Start

THREADS = 4
WAITING = 256


@pytest.fixture
def running(start: Start, held: Held) -> Running:
    return start(held, grpc_threads=THREADS, waiting_per_thread=WAITING // THREADS)


@pytest.fixture
def flood(running: Running) -> Flood:
    return Flood(running.client.channel, running.webhook())


def refused(answer: Answer) -> bool:
    if answer.status != "RESOURCE_EXHAUSTED":
        return False
    assert answer.details == (
        "ERROR_QUOTA_EXCEEDED: Quota exceeded. (scope = calls at the same time,"
        f" limit = {THREADS + WAITING}, retry_seconds = 1)"
    )
    return True


def check_health(running: Running) -> None:
    health: Any = health_pb2_grpc.HealthStub(running.client.channel)
    answer = health.Check(health_pb2.HealthCheckRequest(), timeout=30)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_what_is_over_the_bound_is_refused_while_the_others_wait(
    running: Running, held: Held, flood: Flood
) -> None:
    flood.send(*keys(10 * (THREADS + WAITING)))
    others = [one for one in flood.answers(9 * (THREADS + WAITING)) if not refused(one)]
    assert others == []
    assert flood.unanswered == THREADS + WAITING
    held.let_go()
    assert {answer.status for answer in flood.answers(THREADS + WAITING)} == {"OK"}
    assert len(running.events()) == THREADS + WAITING


def test_calls_that_are_cancelled_leave_their_places_and_are_not_begun(
    running: Running, held: Held, flood: Flood
) -> None:
    flood.send(*keys(THREADS))
    held.wait_for(THREADS)
    for round_ in ("first", "second", "third"):
        flood.send(*keys(WAITING, round_))
        flood.send(*keys(1, "over"))
        assert refused(*flood.answers(1))
        waiting = [call for call in flood.calls if not call.done()][THREADS:]
        assert len(waiting) == WAITING
        for call in waiting:
            call.cancel()
        assert {answer.status for answer in flood.answers(WAITING)} == {"CANCELLED"}
        check_health(running)  # travels behind them
        held.let_go()
        assert {answer.status for answer in flood.answers(THREADS)} == {"OK"}
        held.hold()
        # Who waited is done with when all threads have something else to do.
        flood.send(*keys(THREADS, f"next {round_}"))
        held.wait_for(THREADS)
    assert held.bodies == 4 * THREADS


def test_health_and_reflection_answer_while_all_threads_are_held(
    running: Running, held: Held, flood: Flood
) -> None:
    flood.send(*keys(THREADS + WAITING + 1))
    held.wait_for(THREADS)
    assert refused(*flood.answers(1))
    check_health(running)
    database = ProtoReflectionDescriptorDatabase(running.client.channel)
    assert "spaceone.api.monitoring.v1.Event" in database.get_services()
    assert flood.unanswered == THREADS + WAITING


def test_reads_and_deliveries_keep_no_place_of_each_other(
    running: Running, held: Held, flood: Flood
) -> None:
    flood.send(*keys(THREADS + WAITING + 1))
    held.wait_for(THREADS)
    assert refused(*flood.answers(1))
    assert running.events() == []
    assert flood.unanswered == THREADS + WAITING


def test_watching_health_holds_no_thread(running: Running) -> None:
    health: Any = health_pb2_grpc.HealthStub(running.client.channel)
    watches = [health.Watch(health_pb2.HealthCheckRequest(), timeout=60) for _ in range(50)]
    for watch in watches:
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    check_health(running)
    for watch in watches:
        watch.cancel()

"""More calls than there may be: refused at once, and no place is ever lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from event_service.auth.identity import IdentityService
from event_service.loading_cache import LoadingCache
from tests.auth.identity_server import IdentityServer
from tests.eventually import eventually
from tests.service.flood import Flood, keys

if TYPE_CHECKING:
    from tests.auth.issuer import Issuer
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


def fill(held: Held, flood: Flood) -> None:
    flood.send(*keys(THREADS + WAITING + 1))
    held.wait_for(THREADS)
    assert refused(*flood.answers(1))


def test_health_and_reflection_answer_while_all_threads_are_held(
    running: Running, held: Held, flood: Flood
) -> None:
    fill(held, flood)
    check_health(running)
    database = ProtoReflectionDescriptorDatabase(running.client.channel)
    assert "spaceone.api.monitoring.v1.Event" in database.get_services()
    assert flood.unanswered == THREADS + WAITING


def test_who_reads_is_answered_while_deliveries_hold_all_their_threads(
    running: Running, held: Held, flood: Flood
) -> None:
    fill(held, flood)
    assert running.events() == []
    assert flood.unanswered == THREADS + WAITING


def test_deliveries_are_taken_while_who_reads_holds_all_their_threads(
    start: Start, issuer: Issuer
) -> None:
    with (
        IdentityServer("", {}) as identity,
        closing(IdentityService(identity.endpoint, "", seconds=60)) as key_source,
        ThreadPoolExecutor(THREADS) as readers,
    ):
        identity.hangs = True
        cached = LoadingCache(key_source.public_keys)
        running = start(key_source=cached, grpc_threads=THREADS, waiting_per_thread=0)

        def read(domain: int) -> Answer:
            return running.client.call("list", {}, [("token", issuer.token(did=f"d-{domain}"))])

        reads = [readers.submit(read, domain) for domain in range(THREADS)]
        eventually(lambda: len(identity.asked) == THREADS)
        assert read(THREADS).status == "RESOURCE_EXHAUSTED"
        assert running.client.create(running.webhook(), {"title": "a"}).status == "OK"
        assert not [one for one in reads if one.done()]
        identity.stop()


def test_watching_health_holds_no_thread(running: Running) -> None:
    health: Any = health_pb2_grpc.HealthStub(running.client.channel)
    watches = [health.Watch(health_pb2.HealthCheckRequest(), timeout=60) for _ in range(50)]
    for watch in watches:
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    check_health(running)
    for watch in watches:
        watch.cancel()

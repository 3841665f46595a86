"""Measures one case at one point: service and floors in turn, several rounds."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc

from bench import floors, insert_floor, load
from bench.cases import Scene, first_requests
from bench.child import Child, running
from bench.grpc_caller import ANSWERS_OF_ANY_SIZE
from bench.insert_floor import Inserted, Inserts
from bench.load import Load, Run
from bench.requests import MIXED_KEYS
from bench.results import Measurement, Memory, Sample
from bench.round_trips import round_trips
from bench.usage import Usage, memory_of, usage_of, usage_of_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.cases import Case
    from bench.load import Target
    from bench.service import RunningService

_WARM_UP = 0.25
"""Of a run's time."""
_SLOW_SECONDS = 2.0
_PRIME_SECONDS = 60.0
_PRIMING_CLIENTS = 8
_ANSWER_SECONDS = 60.0
_MILLISECONDS = 1_000.0


class NoAnswer(Exception):
    """The service did not answer a read, or with nothing; the text says which."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor's process and its address."""

    child: Child
    address: str


@dataclass(frozen=True, slots=True)
class Bench:
    """The processes that every measurement needs, and how long and often to measure."""

    generator: Child
    threads: Floor
    aio: Floor
    http: Floor
    seconds: float
    rounds: int

    def measure(self, case: Case, clients: int, stage: Stage) -> Measurement:
        """One case with that many clients. Raises NoAnswer.

        A read that takes seconds is measured in a single round.
        """
        service = stage.service
        target = case.target(stage.scene, self._address(service, case))
        requests = case.requests(stage.scene)
        rounds = self.rounds
        if case.reads:
            took = self._teach(case, target, next(requests.bodies()))
            rounds = self.rounds if took < _SLOW_SECONDS else 1
        elif case.name == "create_mix":
            prime = Run(
                target, first_requests(stage.scene), _PRIMING_CLIENTS, _PRIME_SECONDS, MIXED_KEYS
            )
            self.load(prime)
        floor = self.http if case.http else self.threads
        floor_target = case.target(stage.scene, floor.address)
        aio_target = case.target(stage.scene, self.aio.address)

        def run(target: Target, part: float = 1.0) -> Run:
            return Run(target, requests, clients, self.seconds * part)

        if rounds == self.rounds:
            for warmed in (target, floor_target):
                self.load(run(warmed, _WARM_UP))
        ours: list[Sample] = []
        floors_: list[Sample] = []
        aio: list[Sample] = []
        inserts: list[Sample] = []
        for number in range(rounds):
            ours.append(self._sample_service(run(target), service))
            floors_.append(self._sample_floor(run(floor_target), floor))
            if number == 0 and not case.http:
                aio.append(self._sample_floor(run(aio_target, 0.5), self.aio))
            if not case.reads:
                inserts.append(self._sample_inserts(clients, stage))
        return Measurement(
            case=case.name,
            clients=clients,
            stored=stage.scene.stored,
            processes=stage.processes,
            service=ours,
            floor=floors_,
            aio_floor=aio,
            inserts=inserts,
            memory=Memory(stage.idle_memory, memory_of(service)),
        )

    def load(self, run: Run, before: Callable[[], None] = lambda: None) -> Load:
        """Let the clients run; ``before`` is called when they are connected."""
        self.generator.ask(run)
        before()
        made: Load = self.generator.ask("go")
        return made

    @staticmethod
    def _address(service: RunningService, case: Case) -> str:
        return str(service.runtime.http if case.http else service.runtime.grpc)

    def _teach(self, case: Case, target: Target, body: bytes) -> float:
        """Have the floors answer what the service answers; the seconds that the service took."""
        began = time.perf_counter()
        with grpc.insecure_channel(target.address, options=ANSWERS_OF_ANY_SIZE) as channel:
            method: grpc.UnaryUnaryMultiCallable[Any, Any] = channel.unary_unary(target.path)
            try:
                answer = method(body, metadata=target.metadata, timeout=_ANSWER_SECONDS)
            except grpc.RpcError as error:
                raise NoAnswer(f"{case.name}: the service answers {error.code().name}.") from None
        took = time.perf_counter() - began
        if not answer:
            raise NoAnswer(f"{case.name}: the service answers with nothing.")
        for floor in (self.threads, self.aio):
            floor.child.ask(floors.Answer(case.method, answer))
        return took

    def _sample_service(self, run: Run, service: RunningService) -> Sample:
        asked = round_trips(service.runtime.http)
        made, spent = self._spent(run, lambda: usage_of(service))
        asked_later = round_trips(service.runtime.http)
        return _sample(made, spent, _difference(asked, asked_later))

    def _sample_floor(self, run: Run, floor: Floor) -> Sample:
        return _sample(*self._spent(run, lambda: usage_of_child(floor.child.pid)), None)

    def _spent(self, run: Run, usage: Callable[[], Usage]) -> tuple[Load, Usage]:
        before: list[Usage] = []
        made = self.load(run, lambda: before.append(usage()))
        return made, usage().since(before[0])

    def _sample_inserts(self, clients: int, stage: Stage) -> Sample:
        before = usage_of(stage.service)
        done: Inserted = stage.inserter.ask(Inserts(clients, self.seconds / 2))
        spent = usage_of(stage.service).since(before)
        return Sample(
            calls=done.documents,
            seconds=done.seconds,
            cpu_seconds=done.cpu_seconds,
            mongodb_seconds=spent.mongodb,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """A running service with everything that calls of it need."""

    service: RunningService
    scene: Scene
    processes: int
    idle_memory: float
    inserter: Child


@contextmanager
def opened_bench(seconds: float, rounds: int) -> Iterator[Bench]:
    """The client process and the floors, until the end of the block."""
    with ExitStack() as stack:

        def floor(serve: Callable[..., None]) -> Floor:
            child = stack.enter_context(running(serve))
            return Floor(child, child.hear())

        yield Bench(
            generator=stack.enter_context(running(load.generate)),
            threads=floor(floors.serve_threads),
            aio=floor(floors.serve_aio),
            http=floor(floors.serve_http),
            seconds=seconds,
            rounds=rounds,
        )


@contextmanager
def opened_stage(service: RunningService, scene: Scene, processes: int) -> Iterator[Stage]:
    """The stage of a service that has just been started."""
    idle = memory_of(service)
    uri, kibibytes = service.runtime.mongodb_uri, scene.stored.kibibytes
    with running(insert_floor.insert, uri, kibibytes) as inserter:
        yield Stage(service, scene, processes, idle, inserter)


def _sample(made: Load, spent: Usage, asked: Mapping[str, float] | None) -> Sample:
    ordered = sorted(made.latencies)

    def percentile(part: float) -> float:
        return ordered[int((len(ordered) - 1) * part)] / _MILLISECONDS if ordered else 0.0

    faults = {status: count for status, count in made.statuses.items() if status != "OK"}
    return Sample(
        calls=made.statuses.get("OK", 0),
        seconds=made.seconds,
        cpu_seconds=spent.serving,
        p50=percentile(0.5),
        p95=percentile(0.95),
        p99=percentile(0.99),
        mongodb_seconds=spent.mongodb,
        redis_seconds=spent.redis,
        client_cpu_seconds=made.cpu_seconds,
        faults=faults,
        round_trips=asked,
    )


def _difference(
    before: Mapping[str, float] | None, after: Mapping[str, float] | None
) -> Mapping[str, float] | None:
    if before is None or after is None:
        return None
    return {store: count - before.get(store, 0.0) for store, count in after.items()}

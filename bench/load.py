"""The client process: N calls under way at any time, for a while.

It shares the machine with what it measures, so it is one thread with an event loop (grpc.aio was
the cheapest per call of grpcio's three ways), sends ready bytes and reads no answers.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bench.grpc_caller import GrpcCaller
from bench.http_caller import HttpCaller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from multiprocessing.connection import Connection

    from bench.requests import Requests

_MICROSECONDS = 1_000_000


class Caller(Protocol):
    """Connections to one server."""

    async def call(self, client: int, body: bytes) -> str:
        """Make one call for one of the clients; its status, OK if all went well."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a run's calls go. ``path`` is a gRPC method or an HTTP path."""

    address: str
    path: str
    metadata: tuple[tuple[str, str], ...] = ()
    http: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """``clients`` callers, each of which calls again as soon as it has its answer.

    They stop after ``seconds`` or, if that is given, after ``most`` calls in all.
    """

    target: Target
    requests: Requests
    clients: int
    seconds: float
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a run: seconds, microseconds of each call, and how many had which status."""

    seconds: float
    latencies: array[int]
    statuses: Mapping[str, int]
    cpu_seconds: float


def generate(pipe: Connection[Any, Any]) -> None:
    """Take a Run, connect, say "ready", and at the next word go; answer with the Load."""
    while True:
        run: Run = pipe.recv()
        asyncio.run(_run(pipe, run))


async def _run(pipe: Connection[Any, Any], run: Run) -> None:
    caller = _caller(run.target, run.clients)
    try:
        bodies = run.requests.bodies()
        # So that every connection is there before the clock runs.
        await asyncio.gather(*(caller.call(each, next(bodies)) for each in range(run.clients)))
        pipe.send("ready")
        await asyncio.to_thread(pipe.recv)
        pipe.send(await _measured(caller, run, bodies))
    finally:
        await caller.close()


async def _measured(caller: Caller, run: Run, bodies: Iterator[bytes]) -> Load:
    latencies = array("Q")
    statuses: Counter[str] = Counter()
    most = run.most
    clock = time.perf_counter
    cpu = time.process_time()
    began = clock()
    end = began + run.seconds

    async def client(number: int) -> None:
        while (sent := clock()) < end and (most is None or len(latencies) < most):
            status = await caller.call(number, next(bodies))
            latencies.append(int((clock() - sent) * _MICROSECONDS))
            statuses[status] += 1

    await asyncio.gather(*(client(number) for number in range(run.clients)))
    return Load(clock() - began, latencies, statuses, time.process_time() - cpu)


def _caller(target: Target, clients: int) -> Caller:
    if target.http:
        return HttpCaller(target.address, target.path, target.metadata, clients)
    return GrpcCaller(target.address, target.path, target.metadata, clients)

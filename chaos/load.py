"""Clients that send steadily and, like SpaceONE's, send again what was not answered."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from chaos.journal import DEADLINE_EXCEEDED, Journal, Sent
from chaos.transports import UNAVAILABLE, GrpcTransport, HttpTransport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chaos.transports import Transport
    from chaos.workload import Workload

AGAIN = 4
"""How often a call is sent again (CONTRACT 1.6)."""
PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0
CALL_SECONDS = 20.0
HTTP_EVERY = 4
"""Every so many clients one speaks HTTP."""


class Load:
    """Threads that send until they are stopped, about ``rate`` calls per second together."""

    def __init__(
        self,
        grpc_address: str,
        http_address: str,
        workloads: Sequence[Workload],
        journal: Journal,
        rate: float,
    ) -> None:
        self._grpc_address = grpc_address
        self._http_address = http_address
        self._journal = journal
        self._interval = len(workloads) / rate
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(number, workload), name=f"sender-{number}")
            for number, workload in enumerate(workloads)
        ]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the calls that are under way end, and send no more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int, workload: Workload) -> None:
        transport: Transport
        if number % HTTP_EVERY == HTTP_EVERY - 1:
            transport = HttpTransport(self._http_address)
        else:
            transport = GrpcTransport(self._grpc_address)
        due = time.monotonic() + self._interval * number / len(self._threads)
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            sent = self._deliver(transport, workload)
            self._journal.write(sent)
            workload.learn(sent)
            # What could not be sent in time is not made up for.
            due = max(due + self._interval, time.monotonic())
        transport.close()

    def _deliver(self, transport: Transport, workload: Workload) -> Sequence[Sent]:
        call, began = workload.next(), time.monotonic()
        statuses = [transport.deliver(call, CALL_SECONDS)]
        pause = PAUSE_SECONDS
        while statuses[-1] in (UNAVAILABLE, DEADLINE_EXCEEDED) and len(statuses) <= AGAIN:
            if self._stopping.wait(pause):
                break
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            statuses.append(transport.deliver(call, CALL_SECONDS))
        body, ended = call.body, time.monotonic()
        return [Sent(one, body, tuple(statuses), began, ended) for one in call.calls]

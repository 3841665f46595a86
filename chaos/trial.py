"""Rounds of one fault on one service under load."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from chaos.journal import Journal
from chaos.load import Load
from chaos.recovery import seconds_to_recover, wait_until_serving
from chaos.result import Result
from chaos.service import NotServing, ServiceProcess
from chaos.stand import NoReturn, Stand, pause
from chaos.verification import examine
from chaos.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chaos.calls import Hook
    from chaos.faults.fault import Fault
    from chaos.findings import Findings

LOAD_SECONDS = 60.0
"""How long a number of acknowledgements is waited for."""
COUNTS_SECONDS = 45.0
"""The counts of a process that was killed are adopted by another one after 10 to 20 s."""
COUNTS_LOOK_SECONDS = 0.5
WINDOW_SECONDS = 7 * 86_400
"""Longer than any run, also with a clock that is stepped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is to be done. ``rate`` is in calls per second; ``steady`` is how many calls are
    acknowledged before a fault and after it."""

    rounds: int = 20
    senders: int = 8
    rate: float = 100.0
    steady: int = 60
    seed: int = 0


class Trial:
    """One fault, on a service and a data directory of its own."""

    def __init__(
        self,
        fault: Fault,
        plan: Plan,
        told: Callable[[str], None],
        most_seconds: float | None = None,
    ) -> None:
        """``told`` gets a line after each round. To serve again later than ``most_seconds`` breaks
        a rule, if that is given."""
        self._fault = fault
        self._plan = plan
        self._told = told
        self._most_seconds = most_seconds
        # Each fault has its own sequence, whichever others are made in the same run.
        self._random = Random(f"{plan.seed}/{fault.name}")
        self._journal = Journal()
        self._seconds: list[float] = []
        self._broken: dict[str, list[str]] = {}

    def run(self) -> Result:
        """All rounds; when a rule is broken, no further ones."""
        place = Path(tempfile.mkdtemp(prefix=f"event-chaos-{self._fault.name}-"))
        data_dir = place / "data"
        data_dir.mkdir(mode=0o700)
        needs = self._fault.needs(data_dir)
        environment = {"EVENT_DUPLICATE_WINDOW_SECONDS": str(WINDOW_SECONDS)}
        service = ServiceProcess(
            data_dir,
            place / "service.log",
            environment | dict(needs.environment),
            wrapper=needs.wrapper,
            visible=needs.visible,
            processes=needs.processes,
        )
        stand = Stand(service)
        findings: Findings | None = None
        try:
            service.start()
            wait_until_serving(stand)
            findings = self._rounds(stand, stand.make_hooks())
        except (NoReturn, NotServing) as fault:
            self._broken.setdefault("did not return", []).append(str(fault))
        finally:
            service.stop()
        if findings is not None:
            self._broken = findings.breaches | self._broken
        if self._broken:
            self._leave_evidence(place)
        else:
            shutil.rmtree(place)
        return Result(
            fault=self._fault.name,
            rounds=len(self._seconds),
            findings=findings,
            seconds=tuple(self._seconds),
            breaches=self._broken,
            evidence=str(place) if self._broken else None,
        )

    def _rounds(self, stand: Stand, hooks: Sequence[Hook]) -> Findings:
        workloads = [
            Workload(number, hooks, Random(self._random.random()))
            for number in range(self._plan.senders)
        ]
        findings = self._look(stand)
        for number in range(self._plan.rounds):
            self._round(stand, hooks[0], workloads, number)
            findings = self._look(stand)
            self._told(
                f"{self._fault.name} {number + 1}/{self._plan.rounds}:"
                f" {findings.acknowledged} acknowledged, {len(findings.missing)} missing,"
                f" served again after {self._seconds[-1]:.2f} s"
            )
            # Counts may be under way for a while yet.
            if findings.breaches.keys() - {"uncounted"}:
                break
        return self._settled(stand)

    def _round(self, stand: Stand, hook: Hook, workloads: Sequence[Workload], number: int) -> None:
        service = stand.service
        load = Load(
            service.grpc_address, service.http_address, workloads, self._journal, self._plan.rate
        )
        load.start()
        try:
            self._wait_for_more()
            back = self._fault.strike(stand, self._random)
            seconds = seconds_to_recover(stand, hook, number, back)
            self._wait_for_more()
        finally:
            load.stop()
        self._seconds.append(seconds)
        if self._most_seconds is not None and seconds > self._most_seconds:
            slow = f"round {number + 1}: {seconds:.1f} s"
            self._broken.setdefault("slow to serve again", []).append(slow)

    def _wait_for_more(self) -> None:
        enough = self._journal.acknowledged + self._plan.steady
        if not self._journal.wait(lambda: self._journal.acknowledged >= enough, LOAD_SECONDS):
            raise NoReturn("the load is not acknowledged any longer")

    def _look(self, stand: Stand) -> Findings:
        with stand.database() as database:
            return examine(self._journal.sent(), database)

    def _settled(self, stand: Stand) -> Findings:
        """The last look, which waits for counts."""
        ends = time.monotonic() + COUNTS_SECONDS
        findings = self._look(stand)
        while findings.uncounted and time.monotonic() < ends:
            pause(COUNTS_LOOK_SECONDS)
            findings = self._look(stand)
        return findings

    def _leave_evidence(self, place: Path) -> None:
        with (place / "journal.jsonl").open("w") as file:
            for one in self._journal.sent():
                file.write(json.dumps(one.as_object()) + "\n")
        (place / "breaches.json").write_text(json.dumps(self._broken, indent=2) + "\n")

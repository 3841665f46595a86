"""Rounds of one fault on one service under load."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError

from chaos.findings import UNCOUNTED, WRONG_STATE
from chaos.journal import Journal
from chaos.listing import shown
from chaos.load import Load
from chaos.recovery import seconds_to_recover, wait_until_serving
from chaos.result import Lifetime
from chaos.service import ServiceProcess
from chaos.stand import NoReturn, Stand
from chaos.verification import examine
from chaos.workload import Workload
from serve_command import NotServing

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
COMES_LATER = frozenset({UNCOUNTED, WRONG_STATE})
"""What may be right after a moment: counts that are on their way, and what they tell of alerts."""
WINDOW_SECONDS = 7 * 86_400
"""Longer than any run, also with a clock that is stepped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is to be done. ``rate`` is in creates per second; ``steady`` is how many are
    acknowledged before a fault and after it."""

    rounds: int = 20
    senders: int = 8
    rate: float = 100.0
    steady: int = 60
    seed: int = 0


class Trial:
    """One service on a data directory of its own, which is kept if a rule is broken."""

    def __init__(
        self,
        fault: Fault,
        plan: Plan,
        random: Random,
        told: Callable[[str], None],
        most_seconds: float | None,
    ) -> None:
        """``told`` gets a line after each round. To serve again later than ``most_seconds`` breaks
        a rule, if that is given."""
        self._fault = fault
        self._plan = plan
        self._random = random
        self._told = told
        self._most_seconds = most_seconds
        self._journal = Journal()
        self._seconds: list[float] = []
        self._broken: dict[str, list[str]] = {}

    def run(self) -> Lifetime:
        """All rounds; when a rule is broken, no further ones."""
        place = Path(tempfile.mkdtemp(prefix=f"event-chaos-{self._fault.name}-"))
        stand = Stand(self._service(place))
        findings: Findings | None = None
        try:
            stand.service.start()
            wait_until_serving(stand)
            findings = self._rounds(stand)
            self._broken |= findings.breaches
        except (NoReturn, NotServing, PyMongoError) as fault:
            self._broken["did not return"] = [str(fault)]
        finally:
            if self._broken:
                stand.service.save_directory()
            status = stand.service.stop()
        if status:
            self._broken["did not stop well"] = [f"exit status {status}"]
        if self._broken:
            self._leave_evidence(place)
        else:
            shutil.rmtree(place)
        return Lifetime(
            findings, tuple(self._seconds), self._broken, str(place) if self._broken else None
        )

    def _service(self, place: Path) -> ServiceProcess:
        data_dir = place / "data"
        data_dir.mkdir(mode=0o700)
        needs = self._fault.needs(data_dir)
        environment = {"EVENT_DUPLICATE_WINDOW_SECONDS": str(WINDOW_SECONDS)}
        return ServiceProcess(
            data_dir,
            place / "service.log",
            environment | dict(needs.environment),
            wrapper=needs.wrapper,
            visible=needs.visible,
        )

    def _rounds(self, stand: Stand) -> Findings:
        hooks = stand.make_hooks()
        workloads = [
            Workload(number, hooks, Random(self._random.random()))
            for number in range(self._plan.senders)
        ]
        for number in range(self._plan.rounds):
            self._round(stand, hooks[0], workloads, number)
            findings = self._look(stand)
            self._told(
                f"{self._fault.name} {number + 1}/{self._plan.rounds}:"
                f" {findings.acknowledged} acknowledged, {findings.refused} refused,"
                f" {len(findings.missing)} missing,"
                f" served again after {self._seconds[-1]:.2f} s"
                f" (machine load {os.getloadavg()[0]:.1f})"
            )
            if findings.breaches.keys() - COMES_LATER:
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
        """The last look, which waits for counts and asks the service too."""
        ends = time.monotonic() + COUNTS_SECONDS
        findings = self._look(stand)
        while findings.breaches.keys() & COMES_LATER and time.monotonic() < ends:
            time.sleep(COUNTS_LOOK_SECONDS)
            findings = self._look(stand)
        return replace(findings, **shown(self._journal.sent(), stand)._asdict())

    def _leave_evidence(self, place: Path) -> None:
        with (place / "journal.jsonl").open("w") as file:
            for one in self._journal.sent():
                file.write(json.dumps(one.as_object()) + "\n")
        (place / "breaches.json").write_text(json.dumps(self._broken, indent=2) + "\n")

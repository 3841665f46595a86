"""Every fault there is, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chaos.faults.clock import StepClock
from chaos.faults.disk import FillDisk
from chaos.faults.kills import KillService, KillStore, KillWorker
from chaos.faults.stalls import EmptyRedis, FreezeStore
from chaos.stand import DATABASE, REDIS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chaos.faults.fault import Fault

_FAULTS: tuple[Fault, ...] = (
    KillWorker(),
    KillService(),
    KillStore("kill-redis", REDIS),
    KillStore("kill-database", DATABASE),
    EmptyRedis(),
    FreezeStore("freeze-redis", REDIS, longest=3.0),
    FreezeStore("freeze-database", DATABASE, longest=7.0),
    FillDisk(),
    StepClock(),
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _FAULTS}

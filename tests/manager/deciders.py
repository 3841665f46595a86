"""Redis that decides about batches, and the database that knows more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from event_service.dedup.claims import Claims
from event_service.dedup.gate import RedisGate
from event_service.manager.alerts import AlertManager
from event_service.manager.batch_recorder import BatchRecorder
from event_service.manager.event_log import EventLog
from event_service.manager.execution import Execution
from event_service.manager.key_alerts import KeyAlerts
from event_service.manager.repeats import RepeatCounts
from event_service.manager.settlement import Settlement
from event_service.manager.standing import Standings

if TYPE_CHECKING:
    import redis
    from pymongo.database import Database


class Deciders(NamedTuple):
    """Both of them, and what they stand on."""

    redis: BatchRecorder
    database: Settlement
    alerts: AlertManager
    keys: KeyAlerts


def deciders_on(database: Database[dict[str, Any]], client: redis.Redis) -> Deciders:
    """Those of a process of its own."""
    claims = Claims(client, "test", RedisGate())
    log = EventLog(database)
    alerts, keys = AlertManager(database["alert"], claims), KeyAlerts(database["alert"])
    execution = Execution(log, alerts, claims)
    settlement = Settlement(Standings(log, alerts, keys), execution, claims)
    recorder = BatchRecorder(log, settlement, execution, claims, RepeatCounts(lambda: None))
    return Deciders(recorder, settlement, alerts, keys)

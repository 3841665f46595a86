"""No delivery is answered on what an election may take back, or has not told a primary."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import AutoReconnect, ExecutionTimeout

from event_service.errors import Unavailable
from event_service.manager.candidate import candidate_of
from event_service.manager.delivery import Delivery, Outcome, RecordingRules
from event_service.manager.event_document import recorded_draft
from event_service.manager.event_log import EventLog
from event_service.manager.events import Sent
from event_service.manager.stored_object import stored_object
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.store_clients import connect_mongodb, database_of, is_out_of_reach
from tests.manager.crowd import ALARM
from tests.mongodb_relay import HUNG_UP, mongodb_relay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import redis
    from pymongo.database import Database

    from event_service.manager.candidate import Candidate
    from event_service.settings import Settings
    from tests.manager.crowd import Crowd

    Command = Mapping[str, Any]
    Relayed = Callable[[Callable[[Command], Command | None]], Database[dict[str, Any]]]

RECOVERY = {"event_key": "k1", "event_type": "RECOVERY", "title": "disk full"}


@pytest.fixture
def relayed(crowd: Crowd, store_settings: Settings) -> Iterator[Relayed]:
    """The database of the crowd, which answers some commands as it is told."""
    with ExitStack() as stack:

        def relayed(answer: Callable[[Command], Command | None]) -> Database[dict[str, Any]]:
            uri = stack.enter_context(mongodb_relay(crowd.database, answer))
            return database_of(stack.enter_context(connect_mongodb(uri, store_settings)))

        yield relayed


def test_a_call_is_not_answered_for_an_event_that_may_be_taken_back(
    crowd: Crowd, relayed: Relayed
) -> None:
    call = crowd.request(ALARM)._replace(read=lambda: Sent(ALARM, "a call"))
    assert crowd.first.events.create(call).outcomes == (Outcome.RECORDED,)
    written: list[Command] = []

    def answer(command: Command) -> Command | None:
        if "insert" in command or "update" in command:
            written.append(command)
        return _nothing_is_committed(command)

    process = crowd.process(relayed(answer))
    assert process.events.create(call).outcomes == (Outcome.REPEATED,)
    assert written
    assert crowd.database["event"].count_documents({}) == 1


def test_a_repeat_of_an_event_that_may_be_taken_back_is_counted_with_it(
    crowd: Crowd, relayed: Relayed
) -> None:
    crowd.deliver()
    process = crowd.process(relayed(_nothing_is_committed))
    assert process.events.create(crowd.request(ALARM)).outcomes == (Outcome.REPEATED,)
    assert crowd.counted() == (1, 1)


def test_an_event_whose_write_is_not_answered_is_there_when_it_is_committed(
    crowd: Crowd, relayed: Relayed
) -> None:
    crowd.deliver()
    event = _recorded(crowd)

    def lost(command: Command) -> Command | None:
        return HUNG_UP if "insert" in command else None

    def lost_and_not_committed(command: Command) -> Command | None:
        return lost(command) or _nothing_is_committed(command)

    assert EventLog(relayed(lost)).write([event]) == [event.event_id]
    (fault,) = EventLog(relayed(lost_and_not_committed)).write([event])
    assert isinstance(fault, AutoReconnect)


def test_a_recovery_is_not_dropped_on_the_word_of_a_primary_that_was_replaced(
    crowd: Crowd, relayed: Relayed
) -> None:
    timed_out = {"ok": 0.0, "code": 50, "codeName": "MaxTimeMSExpired", "errmsg": "over"}
    process = crowd.process(relayed(lambda command: _where(command, "linearizable", timed_out)))
    with pytest.raises(ExecutionTimeout) as raised:
        process.events.create(crowd.request(RECOVERY))
    assert is_out_of_reach(raised.value)


def test_who_never_gets_to_join_an_alert_is_not_answered(
    crowd: Crowd, relayed: Relayed, redis_client: redis.Redis
) -> None:
    def too_late(command: Command) -> Command | None:
        return {"ok": 1, "n": 0, "nModified": 0} if command.get("update") == "alert" else None

    crowd.deliver()
    redis_client.flushdb()
    with pytest.raises(Unavailable, match="changes hands"):
        crowd.process(relayed(too_late)).events.create(crowd.request(ALARM))


def test_a_server_of_its_own_is_taken_at_its_word(
    crowd: Crowd, relayed: Relayed, redis_client: redis.Redis
) -> None:
    crowd.deliver()
    redis_client.flushdb()
    alone = {"ok": 0.0, "code": 123, "codeName": "NotAReplicaSet", "errmsg": "no member"}
    process = crowd.process(relayed(lambda command: _where(command, "linearizable", alone)))
    assert process.events.create(crowd.request(RECOVERY)).outcomes == (Outcome.RECORDED,)
    assert crowd.database["alert"].distinct("state") == ["RESOLVED"]


def _recorded(crowd: Crowd) -> Candidate:
    """The only event of the database, to be written again."""
    event = crowd.database["event"].find_one({}, {"_id": 0})
    assert event is not None
    names = ("webhook_id", "domain_id", "workspace_id", "project_id")
    delivery = Delivery(
        **{name: event[name] for name in names},
        rules=RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object(event["raw_data"]),
        at=event["created_at"],
    )
    again = candidate_of(delivery, recorded_draft(event))
    return again._replace(event_id=event["event_id"], alert_id=event["alert_id"])


def _nothing_is_committed(command: Command) -> Command | None:
    if command.get("find") != "event":
        return None
    name = f"{command['$db']}.event"
    nothing = {"ok": 1.0, "cursor": {"id": 0, "ns": name, "firstBatch": []}}
    return _where(command, "majority", nothing)


def _where(command: Command, level: str, answer: Command) -> Command | None:
    return answer if command.get("readConcern", {}).get("level") == level else None

"""No delivery is answered on what an election may take back, or has not told a primary."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import ExecutionTimeout

from event_service.manager.delivery import Outcome
from event_service.store_clients import connect_mongodb, database_of, is_out_of_reach
from tests.manager.crowd import ALARM
from tests.mongodb_relay import mongodb_relay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import redis

    from event_service.managers import Managers
    from event_service.settings import Settings
    from tests.manager.crowd import Crowd

    Command = Mapping[str, Any]
    Start = Callable[[Callable[[Command], Command | None]], Managers]

RECOVERY = {"event_key": "k1", "event_type": "RECOVERY", "title": "disk full"}


@pytest.fixture
def start(crowd: Crowd, store_settings: Settings) -> Iterator[Start]:
    """Starts a process of the crowd whose database answers some commands as it is told."""
    with ExitStack() as stack:

        def start(answer: Callable[[Command], Command | None]) -> Managers:
            uri = stack.enter_context(mongodb_relay(crowd.database, answer))
            client = stack.enter_context(connect_mongodb(uri, store_settings))
            return crowd.process(database_of(client))

        yield start


def test_a_call_is_not_answered_for_an_event_that_may_be_taken_back(
    crowd: Crowd, start: Start
) -> None:
    call = crowd.request(ALARM)._replace(identity="a call")
    assert crowd.first.events.create(call) == (Outcome.RECORDED,)
    written: list[Command] = []

    def answer(command: Command) -> Command | None:
        if "insert" in command or "update" in command:
            written.append(command)
        return _nothing_is_committed(command)

    assert start(answer).events.create(call) == (Outcome.REPEATED,)
    assert written
    assert crowd.database["event"].count_documents({}) == 1


def test_a_repeat_of_an_event_that_may_be_taken_back_is_counted_with_it(
    crowd: Crowd, start: Start
) -> None:
    crowd.deliver()
    process = start(_nothing_is_committed)
    assert process.events.create(crowd.request(ALARM)) == (Outcome.REPEATED,)
    assert crowd.counted() == (1, 1)


def test_a_recovery_is_not_dropped_on_the_word_of_a_primary_that_was_replaced(
    crowd: Crowd, start: Start
) -> None:
    timed_out = {"ok": 0.0, "code": 50, "codeName": "MaxTimeMSExpired", "errmsg": "over"}
    process = start(lambda command: timed_out if _level(command) == "linearizable" else None)
    with pytest.raises(ExecutionTimeout) as raised:
        process.events.create(crowd.request(RECOVERY))
    assert is_out_of_reach(raised.value)


def test_a_server_of_its_own_is_taken_at_its_word(
    crowd: Crowd, start: Start, redis_client: redis.Redis
) -> None:
    crowd.deliver()
    redis_client.flushdb()
    alone = {"ok": 0.0, "code": 123, "codeName": "NotAReplicaSet", "errmsg": "no member"}
    process = start(lambda command: alone if _level(command) == "linearizable" else None)
    assert process.events.create(crowd.request(RECOVERY)) == (Outcome.RECORDED,)
    assert crowd.database["alert"].distinct("state") == ["RESOLVED"]


def _nothing_is_committed(command: Command) -> Command | None:
    if command.get("find") != "event" or _level(command) != "majority":
        return None
    name = f"{command['$db']}.event"
    return {"ok": 1.0, "cursor": {"id": 0, "ns": name, "firstBatch": []}}


def _level(command: Command) -> object:
    return command.get("readConcern", {}).get("level")

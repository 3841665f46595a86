"""Counts reach the database by themselves, a moment after they came (CONTRACT 4.4)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.eventually import eventually
from tests.manager.crowd import ALARM, LONG, Crowd
from tests.manager.refused_counts import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis
    from pymongo.database import Database
    from structlog.typing import EventDict

    from event_service.settings import Settings


@pytest.fixture
def flushing(crowd: Crowd) -> Iterator[Crowd]:
    """A crowd whose first process writes counts of its own accord."""
    crowd.first.flusher.start()
    yield crowd
    crowd.first.flusher.stop()


def test_counts_are_written_with_nobody_asking(flushing: Crowd) -> None:
    flushing.deliver(times=3)
    eventually(lambda: flushing.counted() == (2, 2))
    flushing.deliver()
    eventually(lambda: flushing.counted() == (3, 3))


def test_counts_that_could_not_be_written_are_with_nobody_asking(
    flushing: Crowd, log: list[EventDict]
) -> None:
    with refused(flushing.database["event"], "repeat_count", 2):
        flushing.deliver(times=3)
        eventually(lambda: any("could not be written" in line["event"] for line in log))
    eventually(lambda: flushing.counted() == (2, 2))


def test_a_stop_waits_for_no_moment_and_ends_the_thread(
    store_settings: Settings, webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> None:
    patient = store_settings.model_copy(update={"flush_seconds": 3600})
    crowd = Crowd(patient, webhook_database, redis_client)
    crowd.first.flusher.start()
    crowd.deliver(times=3)
    crowd.first.flusher.stop()
    assert crowd.counted() == (2, 2)
    assert "flusher" not in {thread.name for thread in threading.enumerate()}


def test_what_is_half_written_is_finished_before_the_counts_of_dead_processes(
    crowd: Crowd,
) -> None:
    dead = crowd.process()
    for _ in range(2):
        dead.events.create(crowd.request(ALARM | {"event_key": "k2"}))
    crowd.deliver(times=3)
    crowd.now.at += LONG
    crowd.first.flusher.adopt_orphans()
    with refused(crowd.database["alert"], "event_count", 3):
        assert not crowd.first.flusher.flush()
    crowd.first.flusher.adopt_orphans()
    repeats = {
        event["event_key"]: event["repeat_count"] for event in crowd.database["event"].find()
    }
    counts = {alert["event_key"]: alert["event_count"] for alert in crowd.database["alert"].find()}
    assert repeats == {"k1": 2, "k2": 1}
    assert counts == {"k1": 3, "k2": 2}

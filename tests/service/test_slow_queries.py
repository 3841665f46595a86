"""A query that takes longer than it may ends as one, whether or not the store ends it itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.stand import frozen, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.stand import Stand

_MANY = 20_000
_SLOW = [
    ("list", {"query": {"filter": [{"k": "title", "v": "no such", "o": "contain"}]}}),
    ("stat", {"query": {"aggregate": [{"group": {"keys": [{"key": "event_id", "name": "id"}]}}]}}),
    ("stat", {"query": {"distinct": "event_id"}}),
]


def _event(number: int) -> dict[str, Any]:
    return {
        "event_id": f"event-{number:012x}",
        "domain_id": "domain-1",
        "title": f"the title of the event {number}",
        "created_at": datetime(2024, 3, 1),  # noqa: DTZ001  # instants are naive UTC
    }


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A service whose queries have little time, over many events."""
    directory: Path = tmp_path_factory.mktemp("slow")
    with standing(directory, query_seconds=0.005, store_timeout_seconds=5) as stand:
        for first in range(0, _MANY, 1_000):
            events = [_event(number) for number in range(first, first + 1_000)]
            stand.running.database["event"].insert_many(events)
        yield stand


@pytest.mark.parametrize(("method", "asked"), _SLOW)
def test_what_takes_too_long_exceeds_its_deadline(
    stand: Stand, method: str, asked: dict[str, Any]
) -> None:
    answer = stand.running.client.call(method, asked)
    assert (answer.status, answer.code) == ("DEADLINE_EXCEEDED", "ERROR_DEADLINE_EXCEEDED")


@pytest.mark.parametrize(("method", "asked"), _SLOW)
def test_what_a_silent_database_does_not_answer_is_no_fault_of_the_query(
    stand: Stand, method: str, asked: dict[str, Any]
) -> None:
    with frozen(stand.mongodb.pid):
        answer = stand.running.client.call(method, asked)
    assert (answer.status, answer.code) == ("UNAVAILABLE", "ERROR_UNAVAILABLE")

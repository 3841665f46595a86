"""Numbers of alerts in a database that has alerts of another service too (CONTRACT 4.1)."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from bson import Decimal128

from event_service.dedup.claims import Claims
from event_service.dedup.gate import RedisGate
from event_service.dedup.key import DedupKey
from event_service.manager.alert_numbers import AlertNumbers

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis
    from pymongo.database import Database

KEY = DedupKey("domain-1", "workspace-1", "project-1", "k")
OTHER = DedupKey("domain-1", "workspace-2", "project-1", "k")
HIGHEST = 50
PROCESSES = 8


@pytest.fixture
def start(
    webhook_database: Database[dict[str, Any]], redis_client: redis.Redis
) -> Callable[[], AlertNumbers]:
    """Starts what one process has of it, after alerts of another service were taken over."""
    namespace = f"test-{uuid4().hex}"
    tenant = {"domain_id": KEY.domain_id, "workspace_id": KEY.workspace_id}
    alerts = webhook_database["alert"]
    alerts.insert_one({**tenant, "alert_id": "alert-old", "alert_number": HIGHEST})

    def started() -> AlertNumbers:
        claims = Claims(redis_client, namespace, RedisGate())
        return AlertNumbers(alerts, claims, taken_over=True)

    return started


def test_a_workspace_without_alerts_starts_at_1(start: Callable[[], AlertNumbers]) -> None:
    numbers = start()
    assert numbers.draw([OTHER, KEY, OTHER]) == [1, HIGHEST + 1, 2]
    assert numbers.draw([OTHER, KEY]) == [3, HIGHEST + 2]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        *(
            {"alert_number": odd}
            for odd in (
                None,
                "no number",
                math.nan,
                math.inf,
                2**63 - 1,
                [99],
                [5, 2**60],
                {"a": 1},
            )
        ),
    ],
)
def test_what_is_no_number_of_an_alert_stands_in_no_way(
    start: Callable[[], AlertNumbers],
    webhook_database: Database[dict[str, Any]],
    odd: dict[str, Any],
) -> None:
    alerts = webhook_database["alert"]
    for key in (KEY, OTHER):
        tenant = {"domain_id": key.domain_id, "workspace_id": key.workspace_id}
        alerts.insert_one({**tenant, "alert_id": f"alert-{key.workspace_id}", **odd})
    assert start().draw([KEY, OTHER]) == [HIGHEST + 1, 1]


@pytest.mark.parametrize("number", [60.0, Decimal128("60")])
def test_a_number_of_any_type_counts(
    start: Callable[[], AlertNumbers], webhook_database: Database[dict[str, Any]], number: object
) -> None:
    numbers = start()
    webhook_database["alert"].update_one({}, {"$set": {"alert_number": number}})
    assert numbers.draw([KEY]) == [61]


def test_all_that_start_at_once_draw_above_the_old_alerts(
    start: Callable[[], AlertNumbers],
) -> None:
    together = Barrier(PROCESSES)

    def draw(numbers: AlertNumbers) -> list[int]:
        together.wait()
        return numbers.draw([KEY])

    with ThreadPoolExecutor(PROCESSES) as pool:
        drawn = list(chain.from_iterable(pool.map(draw, [start() for _ in range(PROCESSES)])))
    assert sorted(drawn) == list(range(HIGHEST + 1, HIGHEST + 1 + PROCESSES))

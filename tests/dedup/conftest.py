"""Redis alone, and Redis as a cluster: the claims are the same on both."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from event_service.dedup.claims import Claims
from event_service.dedup.gate import RedisGate

if TYPE_CHECKING:
    from event_service.store_clients import RedisClient


@pytest.fixture(params=["single", "cluster"])
def client(request: pytest.FixtureRequest) -> RedisClient:
    """A client of a Redis that the test has to itself."""
    name = "redis_client" if request.param == "single" else "redis_cluster"
    found: RedisClient = request.getfixturevalue(name)
    return found


@pytest.fixture
def claims(client: RedisClient) -> Claims:
    return Claims(client, f"test-{uuid4().hex}", RedisGate())

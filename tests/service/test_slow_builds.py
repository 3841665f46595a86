"""A start on a database whose indexes are missing takes as long as building them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from event_service.app import build_service
from event_service.child_processes import supervisor
from event_service.metrics.shared_files import VARIABLE
from event_service.model.indexes import all_found, declared_steps
from event_service.workers.fleet import Fleet
from tests.service.running import settings_for
from tests.service.slow_builds import slow_builds

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from event_service.stores import Stores


@pytest.fixture
def uri(stores: Stores, mongo_database: Database[dict[str, Any]]) -> str:
    return urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()


def test_a_build_may_take_longer_than_any_query(
    uri: str, redis_url: str, tmp_path: Path, mongo_database: Database[dict[str, Any]]
) -> None:
    limits = {"store_timeout_seconds": 2, "query_seconds": 2}
    with slow_builds(uri, 6) as slow:
        service = build_service(settings_for(slow, redis_url, tmp_path, **limits))
        service.start()
        service.stop(0)
    assert declared_steps(all_found(mongo_database)) == ()


def test_a_worker_may_take_longer_than_a_store(
    uri: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "restored after the test")
    monkeypatch.setattr(supervisor, "START_SECONDS", 0.0)
    fleet = Fleet(settings_for(uri, redis_url, tmp_path, processes=1), {})
    fleet.start()
    fleet.stop(0)

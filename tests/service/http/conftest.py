"""One service for all tests of a module, and a client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.http.asking import Asking, asking

if TYPE_CHECKING:
    from tests.service.running import Running, Start, Webhook


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


@pytest.fixture(scope="module")
def http(running: Running) -> Asking:
    return asking(running)


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    return running.webhook()


@pytest.fixture(scope="module")
def recording_all(start_module: Start) -> Running:
    """A service that records every delivery."""
    return start_module(recording_policy="all")


@pytest.fixture
def _clean(running: Running) -> None:
    for name in ("event", "alert"):
        running.database[name].delete_many({})

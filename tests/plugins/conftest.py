from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from event_service.plugins.client import PluginClient
from tests.plugins.running import RunningPlugin, running_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def plugin() -> Iterator[RunningPlugin]:
    with running_plugin() as running:
        yield running


@pytest.fixture
def client() -> Iterator[PluginClient]:
    made = PluginClient()
    yield made
    made.close()

"""A service with a plugin, asked by the owner of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugins.running import running_plugin
from tests.service.webhooks.calling import asking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.auth.local import LocalKeyPair
    from tests.plugins.running import RunningPlugin
    from tests.service.running import Running, Start
    from tests.service.webhooks.calling import Ask


@pytest.fixture(scope="module")
def owner(keys: LocalKeyPair) -> list[tuple[str, str]]:
    return [("token", keys.issue("WORKSPACE_OWNER", "domain-1", workspace="workspace-1"))]


@pytest.fixture(scope="module")
def plugin() -> Iterator[RunningPlugin]:
    with running_plugin() as running:
        yield running


@pytest.fixture
def running(start: Start, owner: list[tuple[str, str]], plugin: RunningPlugin) -> Running:
    return start(
        metadata=owner,
        plugins={"plugin-x": plugin.endpoint},
        webhook_url_prefix="https://events.example.com/",
    )


@pytest.fixture
def ask(running: Running) -> Ask:
    return asking(running)

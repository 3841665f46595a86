"""What the log has of plugins that fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from event_service.plugins.client import PluginClient
from event_service.plugins.faults import PluginFault
from event_service.plugins.told_failures import ToldFailures
from tests.clock import Clock

if TYPE_CHECKING:
    from structlog.typing import EventDict

    from tests.plugins.running import RunningPlugin


def test_one_that_fails_at_every_call_has_no_line_for_each(
    plugin: RunningPlugin, log: list[EventDict]
) -> None:
    clock = Clock()
    client = PluginClient(told=ToldFailures(clock))

    def told() -> list[str]:
        log.clear()
        for behaviour in ("garbage", "crash") * 3:
            with pytest.raises(PluginFault):
                client.parse(plugin.place, {"do": behaviour}, {})
        return [line["status"] for line in log]

    assert told() == ["OK, with what is no answer", "UNKNOWN"]
    clock.advance(9.9)
    assert told() == []
    clock.advance(0.1)
    assert told() == ["OK, with what is no answer", "UNKNOWN"]
    client.close()

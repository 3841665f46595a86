"""Calls of plugins are counted by what came of them."""

from __future__ import annotations

import pytest

from event_service.plugins.breaker import Breaker
from event_service.plugins.client import PluginClient
from event_service.plugins.faults import PluginFault
from tests.metrics.scraping import own_scrape
from tests.plugins.running import running_plugin

OUTCOMES = ("answered", "refused", "failed", "skipped")


def _counts() -> tuple[float, ...]:
    scrape = own_scrape()
    calls = [scrape.value("event_service_plugin_calls_total", outcome=one) for one in OUTCOMES]
    return (*calls, scrape.value("event_service_plugin_seconds_count"))


def test_each_call_by_its_outcome() -> None:
    client = PluginClient(5, lambda: Breaker(failures=1))
    before = _counts()
    with running_plugin() as plugin:
        client.parse(plugin.place, {}, {})
        with pytest.raises(PluginFault):
            client.parse(plugin.place, {"do": "refuse", "secret": "x"}, {})
        for _ in range(2):
            with pytest.raises(PluginFault):
                client.parse(plugin.place, {"do": "unavailable"}, {})
    client.close()
    more = tuple(now - then for now, then in zip(_counts(), before, strict=True))
    # The second silent one was not even asked, and took no time.
    assert more == (1, 1, 1, 1, 3)

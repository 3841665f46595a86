"""Calls of plugins are counted by what came of them, and those that fail have a line of the log."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from event_service.plugins.breaker import Breaker
from event_service.plugins.client import PluginClient
from event_service.plugins.faults import PluginFault
from tests.metrics.scraping import own_scrape
from tests.plugins.running import running_plugin

if TYPE_CHECKING:
    from structlog.typing import EventDict

    from tests.plugins.running import RunningPlugin

OUTCOMES = ("answered", "refused", "failed", "skipped")


def _counts() -> tuple[float, ...]:
    scrape = own_scrape()
    calls = [scrape.value("event_service_plugin_calls_total", outcome=one) for one in OUTCOMES]
    return (*calls, scrape.value("event_service_plugin_seconds_count"))


def _more(before: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(now - then for now, then in zip(_counts(), before, strict=True))


def test_each_call_by_its_outcome() -> None:
    client = PluginClient(5, lambda: Breaker(failures=1))
    before = _counts()
    with running_plugin() as plugin:
        client.parse(plugin.place, {}, {})
        for _ in range(2):
            with pytest.raises(PluginFault):
                client.parse(plugin.place, {"do": "refuse", "secret": "x"}, {})
        for _ in range(2):
            with pytest.raises(PluginFault):
                client.parse(plugin.place, {"do": "unavailable"}, {})
    client.close()
    # The second silent one was not even asked, and took no time.
    assert _more(before) == (1, 2, 1, 1, 4)


@pytest.mark.parametrize("behaviour", ["answer", "refuse"])
def test_a_call_takes_the_time_from_its_beginning(
    plugin: RunningPlugin, client: PluginClient, behaviour: str
) -> None:
    def told() -> float:
        return own_scrape().value("event_service_plugin_seconds_sum")

    before, began = told(), monotonic()
    with suppress(PluginFault):
        client.parse(plugin.place, {"do": behaviour, "secret": "x"}, {})
    assert 0 < told() - before < monotonic() - began


def test_what_is_no_answer_counts_as_none(plugin: RunningPlugin, client: PluginClient) -> None:
    before = _counts()
    with pytest.raises(PluginFault):
        client.parse(plugin.place, {"do": "garbage"}, {})
    assert _more(before) == (0, 0, 1, 0, 1)


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ("refuse", "INVALID_ARGUMENT"),
        ("unavailable", "UNAVAILABLE"),
        ("garbage", "OK, with what is no answer"),
        ("many", "OK, with more than 5000 results"),
        ("large", "RESOURCE_EXHAUSTED"),
    ],
)
def test_a_call_that_fails_is_told_with_the_place(
    plugin: RunningPlugin,
    client: PluginClient,
    log: list[EventDict],
    behaviour: str,
    status: str,
) -> None:
    with pytest.raises(PluginFault):
        client.parse(plugin.place, {"do": behaviour, "secret": "hunter2"}, {"key": "in-the-body"})
    (line,) = log
    assert line == {
        "event": "plugin failed",
        "log_level": "warning",
        "plugin_id": "plugin-x",
        "endpoint": plugin.endpoint,
        "status": status,
    }


def test_metadata_that_can_not_be_kept_is_told(
    plugin: RunningPlugin, client: PluginClient, log: list[EventDict]
) -> None:
    with pytest.raises(PluginFault):
        client.init(plugin.place, {"do": "large"})
    (line,) = log
    assert line["status"] == "OK, with more than 1 MiB of metadata"

"""Calls to a plugin that answers, hangs, dies and answers what it shouldn't."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from socket import create_server
from typing import TYPE_CHECKING

import pytest

from event_service.errors import QuotaExceeded
from event_service.lane import Lane, SlowCalls
from event_service.normalise import normalise
from event_service.parsers.seam import MOST_RESULTS, ParseFailure
from event_service.plugins.breaker import Breaker
from event_service.plugins.client import Place, PluginClient
from event_service.plugins.faults import (
    PluginFault,
    PluginRefuses,
    PluginSilent,
    PluginUnreadable,
)
from tests.clock import Clock
from tests.eventually import eventually
from tests.plugins.running import running_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.running import RunningPlugin

BODY = {"a": [1.0, None, {"$ref": "x", "\\$y": 1.0}], "key": "in-the-body"}


class CountingBreaker(Breaker):
    """Counts the calls that it lets through."""

    admitted = 0

    def admits(self) -> bool:
        admitted = super().admits()
        self.admitted += admitted
        return admitted


@pytest.fixture
def hasty() -> Iterator[PluginClient]:
    """A client that waits for half a second only."""
    made = PluginClient(0.5)
    yield made
    made.close()


def test_an_answer_becomes_results(plugin: RunningPlugin, client: PluginClient) -> None:
    (result,) = client.parse(plugin.place, {"any": "option"}, BODY)
    draft = normalise(result).draft
    assert (draft.event_key, draft.event_type, draft.severity) == ("key-1", "ALERT", "CRITICAL")
    assert (draft.title, draft.description, draft.rule) == ("High CPU", "over 90 %", "cpu")
    assert (draft.provider, draft.account) == ("aws", "1234")
    assert draft.image_url == "https://example.com/graph.png"
    assert draft.resources == ("web-2", "web-1")
    assert str(draft.occurred_at) == "2024-03-01 01:00:00"
    assert draft.additional_info["sent"] == BODY


@pytest.mark.usefixtures("a_proxy_is_set")
def test_one_on_this_machine_is_asked_past_a_proxy(
    plugin: RunningPlugin, client: PluginClient
) -> None:
    (result,) = client.parse(plugin.place, {}, BODY)
    assert normalise(result).draft.event_key == "key-1"


def test_each_result_stands_alone(plugin: RunningPlugin, client: PluginClient) -> None:
    good, *odd = client.parse(plugin.place, {"do": "odd"}, {})
    assert normalise(good).draft.event_key == "good"
    reasons = []
    for result in odd:
        with pytest.raises(ParseFailure) as failure:
            normalise(result)
        reasons.append(failure.value.reason.split(" ", 1)[0])
    assert reasons == ["event_type", "severity", "additional_info", "additional_info"]


def test_init_gives_metadata(plugin: RunningPlugin, client: PluginClient) -> None:
    assert client.init(plugin.place, {}) == {"duplicate_event_time": 120, "calls": 1}


def test_verify(plugin: RunningPlugin, client: PluginClient) -> None:
    client.verify(plugin.place, {})
    with pytest.raises(PluginRefuses) as refused:
        client.verify(plugin.place, {"do": "refuse", "secret": "hunter2"})
    assert refused.value.answer == "INVALID_ARGUMENT ERROR_INVALID_PARAMETER"
    assert "hunter2" not in refused.value.reason


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        ("die", PluginSilent),
        ("unavailable", PluginSilent),
        ("garbage", PluginUnreadable),
        ("many", PluginUnreadable),
        ("large", PluginUnreadable),
    ],
)
def test_what_fails_has_a_reason_that_holds_nothing_of_the_call(
    plugin: RunningPlugin, client: PluginClient, behaviour: str, fault: type[PluginFault]
) -> None:
    with pytest.raises(fault) as raised:
        client.parse(plugin.place, {"do": behaviour, "secret": "hunter2"}, BODY)
    assert "plugin-x" in raised.value.reason
    for text in ("hunter2", "in-the-body", str(plugin.port)):
        assert text not in raised.value.reason


@pytest.mark.parametrize(
    ("behaviour", "secret", "said", "answer"),
    [
        ("refuse", "hunter2", "*** is wrong", "INVALID_ARGUMENT ERROR_INVALID_PARAMETER"),
        ("refuse", " hunter2", "*** is wrong", "INVALID_ARGUMENT ERROR_INVALID_PARAMETER"),
        ("crash", "hunter2", "a fault of the plugin's own", "UNKNOWN"),
    ],
)
def test_who_refuses_is_quoted_without_the_texts_of_its_options(
    plugin: RunningPlugin, client: PluginClient, behaviour: str, secret: str, said: str, answer: str
) -> None:
    with pytest.raises(PluginRefuses) as raised:
        client.parse(plugin.place, {"do": behaviour, "secret": secret}, BODY)
    assert (raised.value.reason, raised.value.answer) == (said, answer)


def test_hanging_is_not_waited_for(plugin: RunningPlugin, hasty: PluginClient) -> None:
    with pytest.raises(PluginSilent):
        hasty.parse(plugin.place, {"do": "hang"}, BODY)


@pytest.mark.parametrize("behaviour", ["large", "infinite", "crowded", "garbage"])
def test_metadata_that_can_not_be_kept(
    plugin: RunningPlugin, client: PluginClient, behaviour: str
) -> None:
    with pytest.raises(PluginUnreadable):
        client.init(plugin.place, {"do": behaviour})


def test_what_is_just_small_enough_is_taken(plugin: RunningPlugin, client: PluginClient) -> None:
    assert len(client.init(plugin.place, {"do": "small enough"})["text"]) > 1_000_000
    assert len(client.parse(plugin.place, {"do": "small enough"}, {})) == MOST_RESULTS


def test_who_is_not_there_yet_is_asked_once_more(
    plugin: RunningPlugin, client: PluginClient
) -> None:
    metadata = client.init(plugin.place, {"do": "unavailable once"})
    assert metadata["calls"] == 2


def test_who_is_asked_once_more_has_what_is_left_of_the_time(plugin: RunningPlugin) -> None:
    # Less than 10 s go over the wire in hundredths of a second, and 1,000 in tens, rounded up.
    client = PluginClient(9)
    left = client.init(plugin.place, {"do": "unavailable late"})["seconds_left"]
    # It is late by half a second. The rest is for the caller's clock, from which gRPC counts.
    assert 0 < left < 8.75
    client.close()


def test_who_is_not_there_is_asked_twice_and_no_more(
    plugin: RunningPlugin, client: PluginClient
) -> None:
    with pytest.raises(PluginSilent):
        client.verify(plugin.place, {"do": "unavailable"})
    assert client.init(plugin.place, {})["calls"] == 3


def test_who_hangs_is_left_alone_until_a_probe_succeeds(plugin: RunningPlugin) -> None:
    clock = Clock()
    breaker = CountingBreaker(5, 10, clock)
    # Of one mind, but only what hangs is to be in a hurry.
    hasty, client = PluginClient(0.3, lambda: breaker), PluginClient(new_breaker=lambda: breaker)
    patient = PluginClient()
    reasons = set()
    for _ in range(8):
        with pytest.raises(PluginSilent) as silent:
            hasty.parse(plugin.place, {"do": "hang"}, {})
        reasons.add(silent.value.reason)
    assert len(reasons) == 1
    assert breaker.admitted == 5
    # The time of any may be over before the plugin has heard of it.
    before = patient.init(plugin.place, {})["calls"]
    assert before <= 6
    with pytest.raises(PluginSilent):
        client.verify(plugin.place, {})
    clock.now += 10
    client.verify(plugin.place, {})
    client.verify(plugin.place, {})
    assert breaker.admitted == 7
    assert patient.init(plugin.place, {})["calls"] >= before + 3
    for one in (hasty, client, patient):
        one.close()


def test_a_probe_that_is_refused_shows_that_somebody_is_there(plugin: RunningPlugin) -> None:
    clock = Clock()
    client = PluginClient(new_breaker=lambda: Breaker(1, 10, clock))
    with pytest.raises(PluginSilent):
        client.verify(plugin.place, {"do": "unavailable"})
    clock.now += 10
    for _ in range(2):
        with pytest.raises(PluginRefuses):
            client.verify(plugin.place, {"do": "refuse", "secret": ""})
    client.close()


def test_who_is_slow_gets_few_calls_at_the_same_time(plugin: RunningPlugin) -> None:
    clock = Clock()
    client = PluginClient(60, new_lane=partial(Lane, few=1, clock=clock))
    with ThreadPoolExecutor() as threads:
        held = threads.submit(client.parse, plugin.place, {"do": "hold"}, {})
        plugin.wait_for_held()
        client.verify(plugin.place, {})
        clock.now += 1.1
        with pytest.raises(QuotaExceeded, match="the plugin plugin-x, which is slow") as told:
            client.verify(plugin.place, {})
        assert (told.value.limit, told.value.retry_seconds) == (1, 1)
        plugin.let_go()
        held.result()
    client.verify(plugin.place, {})
    client.close()


def test_who_is_slow_waits_for_all_that_are(plugin: RunningPlugin) -> None:
    clock, all_slow = Clock(), SlowCalls(1)
    client = PluginClient(60, new_lane=lambda: Lane(5, all_slow, clock))
    with ThreadPoolExecutor() as threads:
        held = threads.submit(client.parse, plugin.place, {"do": "hold"}, {})
        plugin.wait_for_held()
        clock.now += 1.1
        plugin.let_go()
        held.result()
    all_slow.begin()  # a call to another
    with pytest.raises(QuotaExceeded, match="of slow plugins") as told:
        client.verify(plugin.place, {})
    assert told.value.limit == 1
    all_slow.end()
    client.verify(plugin.place, {})
    client.close()


def test_bad_bodies_do_not_shut_a_plugin_off(plugin: RunningPlugin, client: PluginClient) -> None:
    for behaviour in ("crash", "garbage", "refuse", "many") * 3:
        with pytest.raises((PluginRefuses, PluginUnreadable)):
            client.parse(plugin.place, {"do": behaviour, "secret": ""}, {})
    assert client.parse(plugin.place, {}, {})


def test_a_breaker_is_for_one_plugin_at_one_endpoint(
    plugin: RunningPlugin, client: PluginClient
) -> None:
    for _ in range(6):
        with pytest.raises(PluginSilent):
            client.verify(plugin.place, {"do": "unavailable"})
    client.verify(Place("plugin-y", plugin.endpoint), {})


def test_a_plugin_that_comes_back_is_found() -> None:
    clock = Clock()
    client = PluginClient(new_breaker=lambda: Breaker(5, 10, clock))

    def found() -> bool:
        clock.now += 10
        try:
            client.verify(place, {})
        except PluginSilent:
            return False
        return True

    with running_plugin() as first:
        place = first.place
        client.verify(place, {})
        first.kill()
        for _ in range(5):
            with pytest.raises(PluginSilent):
                client.verify(place, {})
    with running_plugin(first.port):
        eventually(found)
    client.close()


def test_who_is_not_called_any_more_is_let_go() -> None:
    client = PluginClient(idle_seconds=1)
    with create_server(("127.0.0.1", 0)) as place, ThreadPoolExecutor() as threads:
        port = place.getsockname()[1]
        threads.submit(client.verify, Place("plugin-x", f"grpc://127.0.0.1:{port}"), {})
        connection, _ = place.accept()
        with connection:
            connection.settimeout(30)
            connection.sendall(b"\0\0\0\4\0\0\0\0\0")  # the settings of HTTP/2, and no more
            while connection.recv(65536):
                pass
    client.close()

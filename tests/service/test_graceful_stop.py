"""SIGTERM, as an operator's platform sends it, to a process with a call under way."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from pymongo import MongoClient

from event_service.auth.local import LocalKeyPair
from tests.eventually import eventually
from tests.plugins.running import RunningPlugin, running_plugin
from tests.service.flood import Flood
from tests.service.http.asking import Asking
from tests.service.process import ServeProcess, serving
from tests.service.running import Webhook, call_event
from tests.service.webhook_calls import call_webhook
from tests.service.windowless import Windowless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

ALONE_AND_IN_PAIRS = pytest.mark.parametrize("processes", ["1", "2"])


@dataclass(frozen=True)
class Stand:
    """A service with embedded stores, and a call that its webhook's plugin holds."""

    process: ServeProcess
    plugin: RunningPlugin
    channel: grpc.Channel
    health: Any
    plain: Webhook
    under_way: Flood

    def stopping(self) -> None:
        """SIGTERM, and wait until health tells of it."""
        assert next(self.health).status == SERVING
        self.process.tell_to_stop()
        assert next(self.health).status == NOT_SERVING

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The events in the database after a restart, by their keys."""
        self.process.restart()
        with MongoClient[dict[str, Any]](self.process.runtime()["mongodb_uri"]) as client:
            events = client.get_default_database()["event"].find()
            return {event["event_key"]: event for event in events}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    with ExitStack() as stack:

        def begin(**settings: str) -> Stand:
            plugin = stack.enter_context(running_plugin())
            environment = {"EVENT_PLUGINS": json.dumps({"plugin-x": plugin.endpoint})}
            environment |= {f"EVENT_{name.upper()}": value for name, value in settings.items()}
            process = stack.enter_context(serving(tmp_path / "data", **environment))
            plain = Webhook(*process.webhook("plain"))
            channel = stack.enter_context(grpc.insecure_channel(process.address))
            holding = held_webhook(process, channel)
            under_way = Flood(channel, holding)
            under_way.send({"title": "under way"})
            plugin.wait_for_held()
            health: Any = health_pb2_grpc.HealthStub(channel)
            watch = health.Watch(health_pb2.HealthCheckRequest(), timeout=60)
            return Stand(process, plugin, channel, watch, plain, under_way)

        yield begin


def held_webhook(process: ServeProcess, channel: grpc.Channel) -> Webhook:
    """A webhook whose plugin holds its calls."""
    token = LocalKeyPair(process.data_dir).issue(
        "WORKSPACE_OWNER", "domain-1", workspace="workspace-1"
    )
    made = call_webhook(
        channel,
        "create",
        [("token", token)],
        name="held",
        project_id="project-1",
        plugin_info={"plugin_id": "plugin-x", "version": "1", "options": {"do": "hold"}},
    ).body
    return Webhook(made["webhook_id"], made["access_key"])


def create(channel: grpc.Channel, webhook: Webhook, key: str) -> str:
    return call_event(
        channel,
        "create",
        (),
        webhook_id=webhook.webhook_id,
        access_key=webhook.key,
        data={"event_key": key, "title": "x"},
    ).status


def ask_until_closed(http: Asking) -> None:
    """HTTP closes a moment after gRPC."""
    while True:
        assert http.send("GET", "/readyz").status == 503


@ALONE_AND_IN_PAIRS
def test_what_is_under_way_is_finished_and_nothing_new_begun(
    start: Callable[..., Stand], processes: str
) -> None:
    stand = start(processes=processes)
    for _ in range(4):
        assert create(stand.channel, stand.plain, "repeated") == "OK"
    http = Asking(stand.process.runtime()["http"])
    stand.stopping()
    assert list(stand.health) == []
    late: list[str] = []

    def refused() -> bool:
        with grpc.insecure_channel(stand.process.address) as other:
            late.append(create(other, stand.plain, "late"))
        return late[-1] == "UNAVAILABLE"

    # Of a pair the other one may hear of it a moment later, and is then still to be trusted.
    eventually(refused)
    assert set(late[:-1]) <= ({"OK"} if processes == "2" else set())
    with pytest.raises(OSError, match=r"refused|reset|closed"):
        ask_until_closed(http)
    assert stand.under_way.unanswered == 1
    stand.plugin.let_go()
    assert [answer.status for answer in stand.under_way.answers(1)] == ["OK"]
    assert stand.process.ended() == 0
    recorded = stand.recorded()
    assert recorded.keys() == {"repeated", "key-1"} | ({"late"} if "OK" in late else set())
    # What was only counted has been written too, before the stores were stopped.
    assert recorded["repeated"]["repeat_count"] == 3


@ALONE_AND_IN_PAIRS
def test_a_second_sigterm_hurries(start: Callable[..., Stand], processes: str) -> None:
    stand = start(processes=processes)
    stand.stopping()
    stand.process.tell_to_stop()
    assert [answer.status for answer in stand.under_way.answers(1)] != ["OK"]
    assert stand.process.ended() == 0
    assert stand.recorded().keys() == set()


def test_a_signal_to_each_process_hurries_none(start: Callable[..., Stand]) -> None:
    # As systemd sends it by default.
    stand = start(processes="2")
    workers = stand.process.workers()
    stand.stopping()
    for worker in workers:
        worker.terminate()
    stand.plugin.let_go()
    assert [answer.status for answer in stand.under_way.answers(1)] == ["OK"]
    assert stand.process.ended() == 0
    assert stand.recorded().keys() == {"key-1"}


def test_a_call_that_outlasts_the_grace_is_not_answered_as_done(
    start: Callable[..., Stand],
) -> None:
    stand = start(stop_seconds="0.5")
    stand.stopping()
    assert [answer.status for answer in stand.under_way.answers(1)] != ["OK"]
    assert stand.process.ended() == 0
    assert stand.recorded().keys() == set()


def test_who_watches_and_lets_nothing_come_holds_up_no_stop(start: Callable[..., Stand]) -> None:
    stand = start(stop_seconds="600")
    stand.plugin.let_go()
    assert [answer.status for answer in stand.under_way.answers(1)] == ["OK"]
    with Windowless(int(stand.process.address.rpartition(":")[2])) as client:
        client.watch()
        stand.stopping()
        client.read_to_the_end()
        assert stand.process.ended() == 0


def test_calls_are_taken_while_a_load_balancer_takes_notice(start: Callable[..., Stand]) -> None:
    stand = start(drain_seconds="600")
    stand.plugin.let_go()
    assert [answer.status for answer in stand.under_way.answers(1)] == ["OK"]
    stand.stopping()
    http = Asking(stand.process.runtime()["http"])
    ready = http.send("GET", "/readyz")
    assert (ready.status, ready.message) == (503, "Not ready: it is starting or stopping.")
    for _ in range(40):  # on connections of their own, for longer than a stop takes to begin
        with grpc.insecure_channel(stand.process.address) as other:
            assert create(other, stand.plain, "drained") == "OK"
    assert http.deliver(stand.plain, {"event_key": "over HTTP", "title": "x"}).status == 200
    stand.process.tell_to_stop()
    assert stand.process.ended() == 0
    assert stand.recorded().keys() == {"key-1", "drained", "over HTTP"}

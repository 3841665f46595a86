"""Webhooks whose bodies a plugin reads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from event_service.stubs.grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc
from tests.plugins.running import running_plugin
from tests.service.webhooks.calling import asking, made, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.running import Running, Start
    from tests.service.webhooks.calling import Ask


def with_plugin(ask: Ask, **options: Any) -> dict[str, Any]:
    return made(ask, plugin_info={"plugin_id": "plugin-x", "version": "1.0", "options": options})


def test_create_asks_the_plugin_for_its_metadata(running: Running, ask: Ask) -> None:
    webhook = with_plugin(ask, do="answer")
    info = webhook["plugin_info"]
    assert info.pop("metadata")["duplicate_event_time"] == 120
    assert info == {
        "plugin_id": "plugin-x",
        "version": "1.0",
        "options": {"do": "answer"},
        "upgrade_mode": "AUTO",
    }
    assert running.service.webhooks.get(webhook["webhook_id"]).duplicate_window == 120
    assert send(running, webhook, {"cpu": 97}).status == "OK"
    (event,) = running.events()
    assert (event["event_key"], event["title"], event["severity"]) == (
        "key-1",
        "High CPU",
        "CRITICAL",
    )
    assert event["raw_data"] == {"cpu": 97}
    assert event["additional_info"]["sent"] == {"cpu": 97}


def test_a_plugin_that_refuses_makes_no_webhook(running: Running, ask: Ask) -> None:
    for behaviour, code in (
        ("refuse", "ERROR_INVALID_PARAMETER"),
        ("garbage", "ERROR_INVALID_PARAMETER"),
        ("unavailable", "ERROR_UNAVAILABLE"),
    ):
        refused = ask(
            "create",
            name="wh",
            project_id="project-1",
            plugin_info={
                "plugin_id": "plugin-x",
                "options": {"do": behaviour, "secret": "hunter2"},
            },
        )
        assert refused.code == code
        assert "hunter2" not in refused.details
    assert running.database["webhook"].count_documents({}) == 0


def test_update_plugin_and_verify(running: Running, ask: Ask) -> None:
    webhook = with_plugin(ask)
    name = {"webhook_id": webhook["webhook_id"]}
    assert ask("verify_plugin", **name).status == "OK"
    changed = ask("update_plugin", **name, options={"do": "x"}, upgrade_mode="MANUAL").body
    info = changed["plugin_info"]
    assert (info["version"], info["options"], info["upgrade_mode"]) == (
        "1.0",
        {"do": "x"},
        "MANUAL",
    )
    assert ask("update_plugin", **name, version="2.0").body["plugin_info"]["version"] == "2.0"
    refused = ask("update_plugin", **name, options={"do": "refuse", "secret": "hunter2"})
    assert refused.code == "ERROR_INVALID_PARAMETER"
    assert ask("get", **name).body["plugin_info"]["options"] == {"do": "x"}
    running.database["webhook"].update_one(
        {}, {"$set": {"plugin_info.options": {"do": "refuse", "secret": "hunter2"}}}
    )
    wrong = ask("verify_plugin", **name)
    assert (wrong.status, "hunter2" in wrong.details) == ("INVALID_ARGUMENT", False)

    plain = made(ask, "without")["webhook_id"]
    for method in ("verify_plugin", "update_plugin"):
        assert "no plugin" in ask(method, webhook_id=plain).details


def test_what_others_change_of_a_plugin_meanwhile_stays(
    start: Start, owner: list[tuple[str, str]]
) -> None:
    with running_plugin() as plugin, ThreadPoolExecutor(1) as pool:
        running = start(metadata=owner, plugins={"plugin-x": plugin.endpoint})
        ask = asking(running)
        name = {"webhook_id": with_plugin(ask, do="answer")["webhook_id"]}
        slow = pool.submit(ask, "update_plugin", **name, options={"do": "hold init"})
        plugin.wait_for_held()
        assert ask("update_plugin", **name, version="2.0").status == "OK"
        plugin.let_go()
        info = slow.result().body["plugin_info"]
        assert (info["version"], info["options"]) == ("2.0", {"do": "hold init"})
        assert ask("get", **name).body["plugin_info"] == info
        assert ask("update_plugin", **name, version="2.0").status == "OK"


def test_a_changed_plugin_reads_the_next_body(running: Running, ask: Ask) -> None:
    webhook = with_plugin(ask)
    send(running, webhook, {})
    running.service.webhooks.authorise(webhook["webhook_id"], webhook["access_key"])
    ask("update_plugin", webhook_id=webhook["webhook_id"], options={"do": "odd"})
    send(running, webhook, {})
    assert [event["event_type"] for event in running.events()] == ["ALERT", "ALERT"] + ["ERROR"] * 3


@pytest.mark.parametrize(
    "behaviour", ["die", "garbage", "many", "large", "refuse", "crash", "unavailable"]
)
def test_a_plugin_that_fails_loses_nothing_and_opens_one_alert(
    start: Start, owner: list[tuple[str, str]], behaviour: str
) -> None:
    with running_plugin() as plugin:
        running = start(metadata=owner, plugins={"plugin-x": plugin.endpoint})
        ask = asking(running)
        webhook = with_plugin(ask)
        running.database["webhook"].update_one(
            {}, {"$set": {"plugin_info.options": {"do": behaviour, "secret": "hunter2"}}}
        )
        running.service.webhooks.enable(webhook["webhook_id"])  # announces the change
        for _ in range(7):
            assert send(running, webhook, {"secret": "swordfish"}).status == "OK"
    running.service.flush_counts()
    (alert,) = running.alerts()
    assert alert["state"] == "ERROR"
    (event,) = running.events()
    assert event["title"] == "Webhook Event Parsing Error - wh"
    assert event["raw_data"] == {"secret": "swordfish"}
    said = {"refuse": "*** is wrong", "crash": "a fault of the plugin's own"}
    assert said.get(behaviour, "plugin-x") in event["description"]
    for secret in ("hunter2", "swordfish"):
        assert secret not in event["description"]
    assert event["repeat_count"] == 6
    assert ask("get", webhook_id=webhook["webhook_id"]).body["requests"] == {
        "total": "7",
        "error": "7",
    }


def test_no_plugin_api_is_hosted(running: Running) -> None:
    for name in ("Event/parse", "Webhook/init", "Webhook/verify"):
        call: Callable[..., bytes] = running.client.channel.unary_unary(
            f"/spaceone.api.monitoring.plugin.{name}"
        )
        with pytest.raises(Exception, match="UNIMPLEMENTED"):
            call(b"", timeout=30)


def test_reflection_lists_one_service_of_each_short_name(running: Running) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(running.client.channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = stub.ServerReflectionInfo(iter([asked]), timeout=30)
    names = [service.name for service in answer.list_services_response.service]
    assert "spaceone.api.monitoring.v1.Webhook" in names
    short = [name.rpartition(".")[2] for name in names if name.startswith("spaceone.")]
    assert sorted(short) == ["Event", "Webhook"]

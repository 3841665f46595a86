"""The life of a webhook over the Webhook service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from event_service.stubs.grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc
from tests.plugins.running import running_plugin
from tests.service.webhook_calls import call_webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from event_service.auth.local import LocalKeyPair
    from tests.plugins.running import RunningPlugin
    from tests.service.running import Answer, Running, Start

    Ask = Callable[..., Answer]

SECRET = "a secret of more than thirty-two characters"  # noqa: S105


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


def asking(running: Running) -> Ask:
    def ask(method: str, **params: Any) -> Answer:
        return call_webhook(running.client.channel, method, running.client.metadata, **params)

    return ask


def made(ask: Ask, name: str = "wh", **params: Any) -> dict[str, Any]:
    answer = ask("create", name=name, project_id="project-1", **params)
    assert answer.status == "OK", answer.details
    return answer.body


def send(running: Running, webhook: dict[str, Any], data: dict[str, Any]) -> Answer:
    params = {key: webhook[key] for key in ("webhook_id", "access_key")}
    return running.client.call("create", {**params, "data": data}, ())


def test_create_answers_as_published(ask: Ask) -> None:
    body = made(ask, tags={"team": "sre", "$odd": {"a.b": [1, None]}})
    webhook_id, key = body["webhook_id"], body["access_key"]
    assert body == {
        "webhook_id": webhook_id,
        "name": "wh",
        "state": "ENABLED",
        "access_key": key,
        "webhook_url": "https://events.example.com"
        f"/monitoring/v1/webhook/{webhook_id}/{key}/events",
        "tags": {"team": "sre", "$odd": {"a.b": [1, None]}},
        "requests": {},
        "domain_id": "domain-1",
        "workspace_id": "workspace-1",
        "project_id": "project-1",
        "created_at": body["created_at"],
    }
    shown = {key: body[key] for key in body if key not in ("access_key", "webhook_url")}
    assert ask("get", webhook_id=webhook_id).body == shown
    assert ask("list").body == {"results": [shown], "total_count": 1}


def test_the_key_lets_events_in(running: Running, ask: Ask) -> None:
    webhook = made(ask)
    event = {"title": "x", "event_key": "k"}
    assert send(running, webhook, event).status == "OK"
    assert (
        send(running, {**webhook, "access_key": "wrong"}, event).code == "ERROR_PERMISSION_DENIED"
    )
    (stored,) = running.events()
    assert (stored["domain_id"], stored["workspace_id"], stored["project_id"]) == (
        "domain-1",
        "workspace-1",
        "project-1",
    )
    assert ask("disable", webhook_id=webhook["webhook_id"]).body["state"] == "DISABLED"
    assert send(running, webhook, event).code == "ERROR_WEBHOOK_STATE_DISABLED"
    assert ask("enable", webhook_id=webhook["webhook_id"]).body["state"] == "ENABLED"
    assert send(running, webhook, event).status == "OK"
    assert ask("delete", webhook_id=webhook["webhook_id"]).status == "OK"
    assert send(running, webhook, event).code == "ERROR_NOT_FOUND"
    assert ask("get", webhook_id=webhook["webhook_id"]).code == "ERROR_NOT_FOUND"
    assert running.client.call("list", {}).body["total_count"] == 1
    running.service.flush_counts()


def test_requests_are_counted(running: Running, ask: Ask) -> None:
    webhook = made(ask)
    send(running, webhook, {"title": "x"})
    send(running, webhook, {"results": 7})
    assert running.service.flush_counts()
    shown = ask("get", webhook_id=webhook["webhook_id"])
    assert shown.body["requests"] == {"total": "2", "error": "1"}  # int64, so texts in JSON
    counted = ask(
        "list", query={"filter": [{"k": "requests.total", "v": 2, "o": "eq"}], "count_only": True}
    )
    assert counted.body == {"total_count": 1}


def test_update(ask: Ask) -> None:
    webhook = made(ask, tags={"a": 1})
    name = {"webhook_id": webhook["webhook_id"]}
    assert ask("update", **name, name="other").body["tags"] == {"a": 1}
    changed = ask("update", **name, tags={"b": 2}).body
    assert (changed["name"], changed["tags"]) == ("other", {"b": 2})
    assert "access_key" not in changed
    assert ask("update", **name, tags={}).body.get("tags", {}) == {}
    assert ask("update", **name).body["name"] == "other"
    made(ask, "wh")
    taken = ask("update", **name, name="wh")
    assert taken.code == "ERROR_INVALID_PARAMETER"
    assert "key = name" in taken.details
    assert "key = name" in ask("create", name="other", project_id="project-1").details
    assert ask("create", name="other", project_id="project-2").status == "OK"


@pytest.mark.parametrize(
    ("method", "params", "code", "key"),
    [
        ("create", {"project_id": "project-1"}, "ERROR_REQUIRED_PARAMETER", "name"),
        ("create", {"name": "wh"}, "ERROR_REQUIRED_PARAMETER", "project_id"),
        ("create", {"name": "wh", "project_id": " "}, "ERROR_REQUIRED_PARAMETER", "project_id"),
        ("create", {"name": "x" * 256, "project_id": "p"}, "ERROR_INVALID_PARAMETER", "name"),
        (
            "create",
            {"name": "wh", "project_id": "p", "plugin_info": {"version": "1"}},
            "ERROR_REQUIRED_PARAMETER",
            "plugin_info.plugin_id",
        ),
        (
            "create",
            {"name": "wh", "project_id": "p", "plugin_info": {"plugin_id": "nowhere"}},
            "ERROR_INVALID_PARAMETER",
            "plugin_info.plugin_id",
        ),
        (
            "create",
            {
                "name": "wh",
                "project_id": "p",
                "plugin_info": {"plugin_id": "plugin-x", "upgrade_mode": "MANUAL"},
            },
            "ERROR_REQUIRED_PARAMETER",
            "plugin_info.version",
        ),
        (
            "create",
            {
                "name": "wh",
                "project_id": "p",
                "plugin_info": {"plugin_id": "plugin-x", "upgrade_mode": 9},
            },
            "ERROR_INVALID_PARAMETER",
            "plugin_info.upgrade_mode",
        ),
        ("list", {"state": 9}, "ERROR_INVALID_PARAMETER", "state"),
        ("list", {"access_key": "x"}, "ERROR_INVALID_PARAMETER", "access_key"),
        ("update", {"name": "x"}, "ERROR_REQUIRED_PARAMETER", "webhook_id"),
        ("stat", {}, "ERROR_REQUIRED_PARAMETER", "query"),
        *(
            (method, {}, "ERROR_REQUIRED_PARAMETER", "webhook_id")
            for method in ("get", "enable", "disable", "delete", "verify_plugin", "update_plugin")
        ),
    ],
)
def test_what_is_wrong_is_named(
    ask: Ask, method: str, params: dict[str, Any], code: str, key: str
) -> None:
    answer = ask(method, **params)
    assert (answer.status, answer.code) == ("INVALID_ARGUMENT", code)
    assert f"key = {key}" in answer.details


def test_list_and_stat_speak_the_query_language(ask: Ask) -> None:
    for number in range(4):
        made(ask, f"wh-{number}", tags={"n": number})
    ask("disable", webhook_id=ask("list", name="wh-3").body["results"][0]["webhook_id"])

    def names(**params: Any) -> list[str]:
        answer = ask("list", **params)
        assert answer.status == "OK", answer.details
        return [found.get("name", "") for found in answer.body.get("results", ())]

    assert names() == ["wh-3", "wh-2", "wh-1", "wh-0"]
    assert names(state="DISABLED") == ["wh-3"]
    assert names(project_id="project-2") == []
    assert names(query={"keyword": "H-1"}) == ["wh-1"]
    assert names(query={"filter": [{"k": "tags.n", "v": 1, "o": "gt"}]}) == ["wh-3", "wh-2"]
    assert names(query={"sort": [{"key": "name"}], "page": {"start": 2, "limit": 2}}) == [
        "wh-1",
        "wh-2",
    ]
    minimal = ask("list", query={"minimal": True, "page": {"limit": 1}}).body["results"]
    assert set(minimal[0]) == {"webhook_id", "name", "state", "project_id"}
    only = ask("list", query={"only": ["tags.n"], "page": {"limit": 1}}).body["results"]
    assert only == [{"tags": {"n": 3}}]
    assert ask("stat", query={"distinct": "state"}).body == {"results": ["DISABLED", "ENABLED"]}
    grouped = ask(
        "stat",
        query={
            "aggregate": [
                {
                    "group": {
                        "keys": [{"key": "state", "name": "state"}],
                        "fields": [{"name": "n", "operator": "count"}],
                    }
                },
                {"sort": [{"key": "n"}]},
            ]
        },
    )
    assert grouped.body["results"] == [{"state": "DISABLED", "n": 1}, {"state": "ENABLED", "n": 3}]


_HIDDEN = ("access_key", "access_key_hash", "access_key_sealed", "webhook_url", "_id")


@pytest.mark.parametrize("field", _HIDDEN)
@pytest.mark.parametrize("shows_keys", [False, True])
def test_no_query_asks_for_a_secret(
    start: Start, owner: list[tuple[str, str]], field: str, *, shows_keys: bool
) -> None:
    ask = asking(start(metadata=owner, webhook_show_keys=shows_keys, secret_key=SECRET))
    made(ask)
    group = {"keys": [{"key": field, "name": "x"}], "fields": []}
    push = {"keys": [], "fields": [{"name": "x", "key": field, "operator": "push"}]}
    count = {
        "keys": [],
        "fields": [
            {
                "name": "x",
                "operator": "count",
                "conditions": [{"key": field, "value": "a", "operator": "gt"}],
            }
        ],
    }
    value = {"k": field, "v": "a", "o": "gt"}
    queries: list[tuple[str, dict[str, Any]]] = [
        ("list", {"filter": [value]}),
        ("list", {"filter_or": [value]}),
        ("list", {"sort": [{"key": field}]}),
        ("list", {"only": [field]}),
        ("list", {"only": ["name"], "unwind": {"path": field}}),
        ("stat", {"distinct": field}),
        ("stat", {"distinct": "name", "filter": [value]}),
        *(("stat", {"aggregate": [{"group": stage}]}) for stage in (group, push, count)),
        ("stat", {"aggregate": [{"sort": [{"key": field}]}]}),
        ("stat", {"aggregate": [{"project": {"fields": [{"key": field, "name": "x"}]}}]}),
        ("stat", {"aggregate": [{"unwind": {"path": field}}]}),
    ]
    for method, query in queries:
        answer = ask(method, query=query)
        assert (answer.status, "no such field" in answer.details) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize("stages", [[{"limit": 5}], [{"skip": 0}], [{"sort": [{"key": "name"}]}]])
@pytest.mark.parametrize("shows_keys", [False, True])
def test_whole_rows_of_a_stat_hold_no_secret(
    start: Start, owner: list[tuple[str, str]], stages: list[dict[str, Any]], *, shows_keys: bool
) -> None:
    ask = asking(start(metadata=owner, webhook_show_keys=shows_keys, secret_key=SECRET))
    webhook = made(ask)
    (row,) = ask("stat", query={"aggregate": stages}).body["results"]
    assert row["webhook_id"] == webhook["webhook_id"]
    assert not {key for key in row if "key" in key or "url" in key}
    assert webhook["access_key"] not in json.dumps(row)


def test_keys_are_shown_where_that_is_asked_for(start: Start, owner: list[tuple[str, str]]) -> None:
    showing = start(metadata=owner, webhook_show_keys=True, secret_key=SECRET)
    ask = asking(showing)
    webhook = made(ask)
    key = webhook["access_key"]
    name = {"webhook_id": webhook["webhook_id"]}
    url = f"/monitoring/v1/webhook/{webhook['webhook_id']}/{key}/events"
    for shown in (
        ask("get", **name).body,
        ask("list").body["results"][0],
        ask("update", **name, name="b").body,
        ask("disable", **name).body,
    ):
        assert (shown["access_key"], shown["webhook_url"]) == (key, url)
    assert "access_key" not in ask("list", query={"only": ["name"]}).body["results"][0]
    (stored,) = showing.database["webhook"].find()
    assert key not in str(stored)

    _, rotated = showing.service.webhooks.rotate_key(webhook["webhook_id"])
    assert ask("get", **name).body["access_key"] == rotated

    hiding = start(metadata=owner)
    assert "access_key" not in asking(hiding)("get", **name).body
    hiding.service.webhooks.rotate_key(webhook["webhook_id"])
    assert "access_key" not in ask("get", **name).body, "a key that is void is not shown"


def test_keys_sealed_with_another_secret_are_not_shown(
    start: Start, owner: list[tuple[str, str]]
) -> None:
    webhook = made(asking(start(metadata=owner, webhook_show_keys=True, secret_key=SECRET)))
    other = asking(start(metadata=owner, webhook_show_keys=True, secret_key=SECRET + "!"))
    shown = other("get", webhook_id=webhook["webhook_id"])
    assert shown.status == "OK"
    assert "access_key" not in shown.body


@pytest.mark.parametrize("shows_keys", [False, True])
def test_a_webhook_of_cloudforet(
    start: Start, owner: list[tuple[str, str]], *, shows_keys: bool
) -> None:
    running = start(metadata=owner, webhook_show_keys=shows_keys, secret_key=SECRET)
    ask = asking(running)
    key = "a-key-in-clear"
    running.database["webhook"].insert_one(
        {
            "webhook_id": "webhook-old",
            "name": "old",
            "state": "ENABLED",
            "access_key": key,
            "webhook_url": f"/monitoring/v1/webhook/webhook-old/{key}/events",
            "capability": {"kinds": ["a"]},
            "plugin_info": None,
            "tags": None,
            "requests": {"total": 7, "error": None},
            "domain_id": "domain-1",
            "workspace_id": "workspace-1",
            "project_id": "project-1",
        }
    )

    def shown() -> dict[str, Any]:
        body = ask("get", webhook_id="webhook-old").body
        assert body["capability"] == {"kinds": ["a"]}
        return body

    assert shown().get("access_key") == (key if shows_keys else None)
    assert shown()["requests"] == {"total": "7"}
    assert send(running, {"webhook_id": "webhook-old", "access_key": key}, {}).status == "OK"
    assert key not in str(running.database["webhook"].find_one())
    assert shown().get("access_key") == (key if shows_keys else None)


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
            call(b"", timeout=20)


def test_reflection_lists_one_service_of_each_short_name(running: Running) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(running.client.channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = stub.ServerReflectionInfo(iter([asked]), timeout=20)
    names = [service.name for service in answer.list_services_response.service]
    assert "spaceone.api.monitoring.v1.Webhook" in names
    short = [name.rpartition(".")[2] for name in names if name.startswith("spaceone.")]
    assert sorted(short) == ["Event", "Webhook"]

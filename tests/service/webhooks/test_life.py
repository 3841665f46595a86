"""The life of a webhook over the Webhook service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.service.webhooks.calling import made, send

if TYPE_CHECKING:
    from tests.service.running import Running
    from tests.service.webhooks.calling import Ask


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

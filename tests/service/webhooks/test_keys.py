"""What the Webhook service says of keys, and to whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.webhooks.calling import asking, made, send

if TYPE_CHECKING:
    from tests.service.running import Start

SECRET = "a secret of more than thirty-two characters"  # noqa: S105
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


def test_an_id_that_is_none_costs_no_page(start: Start, owner: list[tuple[str, str]]) -> None:
    running = start(metadata=owner, webhook_show_keys=True, secret_key=SECRET)
    ask = asking(running)
    webhook_id = made(ask)["webhook_id"]
    kept = running.database["webhook"].find_one({}, {"_id": 0}) or {}
    running.database["webhook"].insert_one({**kept, "webhook_id": ["webhook-1"]})
    shown = ask("list")
    assert shown.status == "OK"
    assert [webhook.get("access_key") is None for webhook in shown.body["results"]] == [
        webhook["webhook_id"] != webhook_id for webhook in shown.body["results"]
    ]


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

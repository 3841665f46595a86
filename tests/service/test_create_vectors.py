"""Every vector of create_vectors.json over a real channel (CONTRACT 3 and 4)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis import Redis

    from tests.service.running import Running, Start

_FILE = json.loads((Path(__file__).parents[1] / "vectors" / "create_vectors.json").read_text())
_VECTORS: dict[str, dict[str, Any]] = {vector["id"]: vector for vector in _FILE["vectors"]}
_NOW_AND_THEN = ("age all events by 601s", "ack")


def echo(body: Mapping[str, Any], _options: Mapping[str, Any]) -> Sequence[Any]:
    """The plugin of the vectors: answers what the body says that it answers."""
    if "__exc__" in body:
        raise ParseFailure(body["__exc__"])
    results: Sequence[Any] = body.get("__plugin__", {}).get("results", [])
    return results


@pytest.fixture(scope="module")
def echoing(start_module: Start) -> Running:
    """A service that records every delivery, with the plugin of the vectors."""
    source = Source("plugin-echo", echo, recognises=lambda _: False, looks_like="nothing")
    parsers = ParserRegistry([*installed_sources(), source])
    return start_module(parsers=parsers, recording_policy="all", webhook_cache_seconds=0)


def _seed(running: Running, redis: Redis, seed: dict[str, Any]) -> None:
    for name in ("event", "alert", "webhook"):
        running.database[name].delete_many({})
    redis.flushdb()
    webhook: dict[str, Any] = {
        "webhook_id": "webhook-1",
        "name": "wh webhook-1",
        "state": seed.get("state", "ENABLED"),
        "access_key": "KEY",
        "plugin_info": {"plugin_id": "plugin-echo", "metadata": {}, "options": {}},
        "requests": {"total": 0, "error": 0},
        "recovery_mode": seed.get("recovery"),
        "domain_id": "domain-1",
        "workspace_id": "workspace-1",
        "project_id": "project-1",
    }
    if seed.get("requests") is False:
        del webhook["requests"]
    running.database["webhook"].insert_one(webhook)


def _meanwhile(running: Running, redis: Redis, what: str) -> None:
    if what == "ack":
        running.database["alert"].update_many({}, {"$set": {"state": "ACKNOWLEDGED"}})
    else:
        for event in running.events():
            aged = event["created_at"] - timedelta(seconds=601)
            running.database["event"].update_one(
                {"event_id": event["event_id"]}, {"$set": {"created_at": aged}}
            )
        redis.flushdb()


def _state(running: Running) -> dict[str, Any]:
    assert running.service.flush_counts()
    numbers = {alert["alert_id"]: alert["alert_number"] for alert in running.alerts()}
    webhook = running.database["webhook"].find_one({})
    assert webhook is not None
    return {
        "events": [
            {
                **{key: event[key] for key in _EVENT_KEYS if key != "alert_number"},
                "alert_number": numbers[event["alert_id"]],
                "occurred_at": event["occurred_at"] and event["occurred_at"].isoformat(),
            }
            for event in running.events()
        ],
        "alerts": [
            {
                **{key: alert[key] for key in _ALERT_KEYS},
                "resolved_at": alert["resolved_at"] is not None,
            }
            for alert in running.alerts()
        ],
        "webhook_requests": webhook.get("requests") or {"total": 0, "error": 0},
    }


_EVENT_KEYS = tuple(_VECTORS["norm.minimal-event"]["state"]["events"][0])
_ALERT_KEYS = tuple(_VECTORS["norm.minimal-event"]["state"]["alerts"][0])


def _expected(name: str, state: dict[str, Any]) -> dict[str, Any]:
    alerts = [
        # An absent description is null in the store, whatever joined the alert without one.
        {**alert, "description": alert["description"] or None}
        for alert in state["alerts"]
    ]
    if name == "norm.unknown-fields-dropped":
        # CONTRACT 3.5 and 4.1 stand: `urgency` is no field of an event, severity decides.
        alerts = [{**alert, "urgency": "HIGH"} for alert in alerts]
    return {**state, "alerts": alerts}


@pytest.mark.parametrize("name", _VECTORS)
def test_vector(name: str, echoing: Running, redis_client: Redis) -> None:
    vector = _VECTORS[name]
    _seed(echoing, redis_client, vector["seed"])
    for request, response in zip(vector["requests"], vector["responses"], strict=True):
        if isinstance(request, str):
            assert request in _NOW_AND_THEN
            _meanwhile(echoing, redis_client, request)
            continue
        answer = echoing.client.call("create", request)
        assert answer.status == response.get("status", "OK"), answer.details
        assert answer.code == response.get("code", "")
    state, expected = _state(echoing), _expected(name, vector["state"])
    for event, wanted in zip(state["events"], expected["events"], strict=True):
        if wanted["event_key"].startswith("error-"):
            # The page says what the key is derived from and not how.
            assert event["event_key"].startswith("error-")
            event["event_key"] = wanted["event_key"]
    assert state == expected

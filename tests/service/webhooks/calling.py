"""Calls of the Webhook service, and deliveries to the webhooks that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.service.webhook_calls import call_webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.running import Answer, Running

    Ask = Callable[..., Answer]


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

"""An event that no document holds is its own sender's error, and nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.service.running import Answer, Running, Start, Webhook

MiB = 1024 * 1024
_REFUSED = "ERROR_QUOTA_EXCEEDED: Quota exceeded. (scope = bytes of one event with its body,"


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module(max_request_bytes=32 * MiB)


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    return running.webhook()


@pytest.mark.parametrize(
    "data",
    [
        {"title": "large", "text": "x" * 17 * MiB},
        # The event's own fields and the body that they are of, both in one document.
        {"title": "large", "additional_info": {"text": "x" * 9 * MiB}},
        {"title": "large", "resources": ["x" * 9 * MiB]},
        {"title": "x" * 9 * MiB},
    ],
    ids=["body", "additional_info", "resources", "title"],
)
def test_a_larger_event_than_a_document_leaves_nothing(
    running: Running, webhook: Webhook, data: dict[str, Any]
) -> None:
    answer = running.client.create(webhook, data)
    assert answer.status == "RESOURCE_EXHAUSTED"
    assert answer.details.startswith(_REFUSED)
    assert "large" not in {event["title"] for event in running.events()}
    assert "large" not in {alert["title"] for alert in running.alerts()}


def test_a_large_event_fails_none_that_come_with_it(running: Running, webhook: Webhook) -> None:
    large = {"title": "large", "additional_info": {"text": "x" * 9 * MiB}}

    def create(number: int) -> Answer:
        if number % 10 == 0:
            return running.client.create(webhook, large)
        return running.client.create(webhook, {"title": "small", "event_key": f"key-{number}"})

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(create, range(40)))
    for number, answer in enumerate(answers):
        expected = "OK" if number % 10 else "RESOURCE_EXHAUSTED"
        assert (answer.status, number) == (expected, number), answer.details
    assert sum(event["title"] == "small" for event in running.events()) == 36
    assert len(running.alerts()) == 36

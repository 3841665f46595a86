"""Webhooks of one project share keys, and each records by a policy of its own (CONTRACT 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from event_service.policies import RecordingPolicy

if TYPE_CHECKING:
    from redis import Redis

    from tests.service.running import Running, Webhook


@pytest.fixture
def changed(running: Running) -> Webhook:
    return running.webhook("changed", recording_policy=RecordingPolicy.CHANGED)


@pytest.fixture
def first(running: Running) -> Webhook:
    return running.webhook("first", recording_policy=RecordingPolicy.FIRST)


def _body(said: str) -> dict[str, Any]:
    return {"event_key": "k1", "title": "disk full", "description": said}


def _told(running: Running) -> tuple[str, int, dict[str, int]]:
    """What the alert says and counts, and the repeats of each event."""
    assert running.service.flush_counts()
    (alert,) = running.alerts()
    repeats = {event["description"]: event["repeat_count"] for event in running.events()}
    return alert["description"], alert["event_count"], repeats


def test_what_one_counted_only_is_news_for_the_other(
    running: Running, redis_client: Redis, changed: Webhook, first: Webhook
) -> None:
    running.client.create(changed, _body("one"))
    redis_client.flushdb()
    running.client.create(first, _body("two"))
    running.client.create(changed, _body("two"))
    assert _told(running) == ("two", 3, {"one": 1, "two": 0})


def test_what_was_recorded_last_is_no_news_though_another_said_more(
    running: Running, redis_client: Redis, changed: Webhook, first: Webhook
) -> None:
    running.client.create(changed, _body("one"))
    redis_client.flushdb()
    for webhook, said in ((first, "two"), (changed, "one"), (changed, "one")):
        running.client.create(webhook, _body(said))
    assert _told(running) == ("one", 4, {"one": 3})


def test_the_alert_says_what_was_said_last_whoever_said_it(
    running: Running, changed: Webhook, first: Webhook
) -> None:
    for webhook, said in ((changed, "one"), (first, "two"), (changed, "one")):
        running.client.create(webhook, _body(said))
    assert _told(running) == ("one", 3, {"one": 2})
    for webhook, said in ((first, "two"), (changed, "three"), (first, "two")):
        running.client.create(webhook, _body(said))
    assert _told(running) == ("two", 6, {"one": 3, "three": 1})

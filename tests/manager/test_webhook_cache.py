"""The rules that keep stale webhooks out of the cache."""

from __future__ import annotations

import pytest

from event_service.manager.access_key import Credential, digest_of
from event_service.manager.webhook import webhook_of
from event_service.manager.webhook_cache import KnownWebhook, WebhookCache


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def known(webhook_id: str) -> KnownWebhook:
    return KnownWebhook(webhook_of({"webhook_id": webhook_id}), Credential(digest_of("k")))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> WebhookCache:
    cache = WebhookCache(1.0, most_entries=2, clock=clock)
    cache.attach()
    return cache


def test_gives_back_what_was_stored(cache: WebhookCache) -> None:
    one = known("w1")
    cache.put(one, cache.ticket())
    assert cache.get("w1") is one
    assert cache.get("w2") is None


def test_entries_end_with_their_age(cache: WebhookCache, clock: Clock) -> None:
    cache.put(known("w1"), cache.ticket())
    clock.now = 0.999
    assert cache.get("w1") is not None
    clock.now = 1.0
    assert cache.get("w1") is None


def test_an_age_limit_of_zero_turns_it_off(clock: Clock) -> None:
    cache = WebhookCache(0, clock=clock)
    cache.attach()
    cache.put(known("w1"), cache.ticket())
    assert cache.get("w1") is None


def test_the_least_recently_used_goes_first(cache: WebhookCache) -> None:
    for webhook_id in ("w1", "w2"):
        cache.put(known(webhook_id), cache.ticket())
    cache.get("w1")
    cache.put(known("w3"), cache.ticket())
    assert [webhook_id for webhook_id in ("w1", "w2", "w3") if cache.get(webhook_id)] == [
        "w1",
        "w3",
    ]


def test_a_change_ends_an_entry(cache: WebhookCache) -> None:
    for webhook_id in ("w1", "w2"):
        cache.put(known(webhook_id), cache.ticket())
    cache.forget("w1")
    assert cache.get("w1") is None
    assert cache.get("w2") is not None


@pytest.mark.parametrize("event", ["forget", "attach", "detach and attach"])
def test_what_was_read_before_a_change_is_not_stored_after_it(
    cache: WebhookCache, event: str
) -> None:
    ticket = cache.ticket()
    if event == "forget":
        cache.forget("w1")
    elif event == "attach":
        cache.attach()
    else:
        cache.detach()
        cache.attach()
    cache.put(known("w1"), ticket)
    assert cache.get("w1") is None


def test_attaching_clears(cache: WebhookCache) -> None:
    cache.put(known("w1"), cache.ticket())
    cache.attach()
    assert cache.get("w1") is None


def test_unused_before_it_is_attached_and_after_it_is_detached(clock: Clock) -> None:
    cache = WebhookCache(1.0, clock=clock)
    cache.put(known("w1"), cache.ticket())
    assert cache.get("w1") is None
    cache.attach()
    cache.put(known("w1"), cache.ticket())
    assert cache.get("w1") is not None
    cache.detach()
    assert cache.get("w1") is None
    cache.put(known("w1"), cache.ticket())
    assert cache.get("w1") is None


def test_the_key_is_not_printed() -> None:
    assert digest_of("k").hex() not in repr(known("w1"))
    assert str(digest_of("k")) not in repr(known("w1"))

"""What SNS sends, on its way from the webhook's key to the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from event_service.bounded_get import Fetched
from event_service.errors import PermissionDenied, Unavailable
from event_service.manager.events import CreateEvent, Sent
from event_service.managers import DatabaseTraits, Managers, build_managers
from event_service.model.indexes import ensure_indexes
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.plugins.plugin import PluginInfo
from event_service.samples import sample
from tests.sns.signing import (
    CERTIFICATE_URL,
    NOW,
    SUBSCRIBE_URL,
    Web,
    notification,
    signed,
    subscription,
    web_of_sns,
)

if TYPE_CHECKING:
    from pymongo.database import Database

    from event_service.settings import Settings
    from event_service.store_clients import RedisClient

ALARM = notification(Message=sample("aws_sns", 1)["Message"])
BARE_ALARM = json.loads(ALARM["Message"])
NONE, AUTO = None, "auto"
PLUGINS = ["aws_sns", "plugin-aws-sns-mon-webhook", "plugin-aws-cloudwatch-mon-webhook"]
OTHER = "alertmanager"

Post = Callable[..., list[str]]


@pytest.fixture
def web() -> Web:
    return web_of_sns()


@pytest.fixture
def post(
    web: Web,
    mongo_database: Database[dict[str, Any]],
    redis_client: RedisClient,
    store_settings: Settings,
) -> Iterator[Post]:
    """Delivers a body to a new webhook of a plugin; the titles of all events there are then."""
    ensure_indexes(mongo_database, None)
    registry = ParserRegistry(installed_sources())
    with ExitStack() as stack:
        built: dict[tuple[bool, bool], Managers] = {}

        def deliver(
            body: dict[str, Any],
            plugin: str | None = NONE,
            *,
            verify: bool = False,
            confirm: bool = False,
        ) -> list[str]:
            if (verify, confirm) not in built:
                choices = {"sns_verify": verify, "sns_confirm": confirm}
                settings = store_settings.model_copy(update=choices)
                managers = build_managers(
                    settings,
                    mongo_database,
                    redis_client,
                    registry,
                    DatabaseTraits(),
                    clock=lambda: NOW,
                    fetch=web,
                )
                managers.start()
                stack.callback(managers.stop)
                built[verify, confirm] = managers
            managers = built[verify, confirm]
            name = f"webhook {mongo_database['webhook'].estimated_document_count()}"
            webhook, key = managers.webhooks.create(
                name, "d", "w", "p", plugin=PluginInfo(plugin or "")
            )
            managers.events.create(CreateEvent(webhook.webhook_id, key, lambda: Sent(body)))
            return [event["title"] for event in mongo_database["event"].find()]

        yield deliver


def recorded(mongo_database: Database[dict[str, Any]]) -> int:
    return mongo_database["event"].count_documents({})


@pytest.mark.parametrize("plugin", [NONE, AUTO, *PLUGINS])
@pytest.mark.parametrize("version", ["1", "2"])
def test_what_sns_signed_is_recorded(post: Post, plugin: str | None, version: str) -> None:
    assert post(signed(ALARM, version), plugin, verify=True) == ["sample-queue-1"]


@pytest.mark.parametrize("plugin", [NONE, AUTO, *PLUGINS])
def test_what_it_did_not_sign_is_refused_and_not_recorded(
    post: Post, mongo_database: Database[dict[str, Any]], plugin: str | None
) -> None:
    for body in (ALARM, {**signed(ALARM), "Message": json.dumps({**BARE_ALARM, "Region": "x"})}):
        with pytest.raises(PermissionDenied):
            post(body, plugin, verify=True)
    assert recorded(mongo_database) == 0


@pytest.mark.parametrize("kind", [" Notification", "notification", "Other", None, 5.0])
def test_another_type_is_no_way_around(
    post: Post, mongo_database: Database[dict[str, Any]], kind: object
) -> None:
    with pytest.raises(PermissionDenied):
        post({**signed(ALARM), "Type": kind}, "aws_sns", verify=True)
    assert recorded(mongo_database) == 0


def test_without_its_envelope_only_a_webhook_that_recognises_bodies_takes_an_alarm(
    post: Post, web: Web
) -> None:
    with pytest.raises(PermissionDenied, match="that SNS signed"):
        post(BARE_ALARM, "aws_sns", verify=True)
    for plugin in (NONE, AUTO):
        assert post(BARE_ALARM, plugin, verify=True) == ["sample-queue-1"]
    assert web.asked == []


def test_webhooks_of_other_sources_are_left_alone(post: Post, web: Web) -> None:
    post({**ALARM, "alerts": []}, OTHER, verify=True, confirm=True)
    post({**subscription(), "alerts": []}, OTHER, verify=True, confirm=True)
    post(dict(sample("grafana", 1)), AUTO, verify=True, confirm=True)
    assert web.asked == []


def test_by_default_nothing_is_checked_and_nothing_fetched(post: Post, web: Web) -> None:
    assert post(ALARM) == ["sample-queue-1"]
    assert post(subscription()) == ["sample-queue-1"]
    assert web.asked == []


def test_a_certificate_that_cannot_be_fetched_lets_sns_try_again(
    post: Post, web: Web, mongo_database: Database[dict[str, Any]]
) -> None:
    del web.pages[CERTIFICATE_URL]
    with pytest.raises(Unavailable):
        post(signed(ALARM), verify=True)
    assert recorded(mongo_database) == 0


@pytest.mark.parametrize("plugin", [NONE, AUTO, *PLUGINS])
def test_a_subscription_is_confirmed(post: Post, web: Web, plugin: str | None) -> None:
    with capture_logs() as log:
        assert post(subscription(), plugin, confirm=True) == []
    assert web.asked == [SUBSCRIBE_URL]
    (line,) = [line for line in log if line["event"] == "subscription confirmed"]
    assert "2336412f37fb687f" not in str(line)


def test_a_subscription_that_is_not_signed_is_not_confirmed(post: Post, web: Web) -> None:
    with pytest.raises(PermissionDenied):
        post(subscription(), verify=True, confirm=True)
    post(signed(subscription()), verify=True, confirm=True)
    assert web.asked == [CERTIFICATE_URL, SUBSCRIBE_URL]


def test_only_subscriptions_are_confirmed(post: Post, web: Web) -> None:
    post(subscription(Type="UnsubscribeConfirmation"), confirm=True)
    post({**subscription(), "Type": "Notification"}, confirm=True)
    post({**ALARM, "UnsubscribeURL": SUBSCRIBE_URL}, confirm=True)
    assert web.asked == []


@pytest.mark.parametrize(
    "url",
    [
        None,
        5.0,
        SUBSCRIBE_URL.replace("https:", "http:"),
        SUBSCRIBE_URL.replace("sns.eu-north-1.amazonaws.com", "127.0.0.1"),
        SUBSCRIBE_URL.replace(".com/", ".com.evil.example/"),
        SUBSCRIBE_URL.replace(".com/", ".com:8443/"),
        SUBSCRIBE_URL.replace("https://", "https://user@"),
        SUBSCRIBE_URL.replace("ConfirmSubscription", "Unsubscribe"),
        SUBSCRIBE_URL.replace(":alarms", ":others"),
    ],
)
def test_no_other_address_is_fetched(post: Post, web: Web, url: object) -> None:
    with pytest.raises(PermissionDenied):
        post(subscription(SubscribeURL=url), confirm=True)
    assert web.asked == []


def test_sns_that_does_not_answer_tries_again(post: Post, web: Web) -> None:
    for page in (None, Fetched(500, b""), Fetched(429, b"")):
        web.pages.pop(SUBSCRIBE_URL, None)
        if page is not None:
            web.pages[SUBSCRIBE_URL] = page
        with pytest.raises(Unavailable):
            post(subscription(), confirm=True)


@pytest.mark.parametrize("status", [302, 400, 403])
def test_a_token_that_is_too_old_is_no_reason_to_try_again(
    post: Post, web: Web, status: int
) -> None:
    web.pages[SUBSCRIBE_URL] = Fetched(status, b"")
    with capture_logs() as log:
        post(subscription(), confirm=True)
    assert [line["status"] for line in log if line["event"] == "subscription not confirmed"] == [
        status
    ]
    assert web.asked == [SUBSCRIBE_URL]

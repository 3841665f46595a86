"""The life of a webhook, and who may send events through it (CONTRACT 3.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from event_service.errors import (
    InvalidParameter,
    NotFound,
    PermissionDenied,
    RequiredParameter,
    WebhookDisabled,
)
from event_service.manager.access_key import digest_of
from event_service.manager.webhook import RequestTotals, WebhookState
from event_service.plugins.plugin import PluginInfo, UpgradeMode
from event_service.policies import RecordingPolicy, RecoveryMode

if TYPE_CHECKING:
    from pymongo.database import Database
    from structlog.typing import EventDict

    from event_service.manager.webhook import Webhook
    from event_service.manager.webhooks import WebhookManager

TENANT = ("domain-1", "workspace-1", "project-1")


def store_legacy(database: Database[dict[str, Any]], **fields: object) -> str:
    """A webhook as Cloudforet stores it, its key in clear and within its URL; returns the key."""
    key = "legacy-access-key"
    document: dict[str, Any] = {
        "webhook_id": "webhook-legacy",
        "name": "legacy",
        "state": "ENABLED",
        "access_key": key,
        "webhook_url": f"/monitoring/v1/webhook/webhook-legacy/{key}/events",
        "capability": {},
        "plugin_info": None,
        "project": None,
        "project_id": "project-1",
        "domain_id": "domain-1",
        "created_at": datetime(2023, 5, 4),  # noqa: DTZ001  # as the driver gives it
    }
    database["webhook"].insert_one(document | fields)
    return key


def test_create_gives_an_enabled_webhook_and_its_key(manager: WebhookManager) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    webhook, key = manager.create(" wh ", *TENANT)
    assert webhook.webhook_id.startswith("webhook-")
    assert len(webhook.webhook_id) == len("webhook-") + 12
    assert (webhook.name, webhook.state) == ("wh", WebhookState.ENABLED)
    assert (webhook.domain_id, webhook.workspace_id, webhook.project_id) == TENANT
    assert webhook.requests == RequestTotals()
    assert webhook.created_at is not None
    assert abs(webhook.created_at - before) < timedelta(minutes=1)
    assert manager.get(webhook.webhook_id) == webhook
    assert manager.authorise(webhook.webhook_id, key) == webhook


def test_create_keeps_what_it_is_given(manager: WebhookManager) -> None:
    plugin = PluginInfo(
        "plugin-x", "1.0", {"$a": 1}, {"duplicate_event_time": "120"}, UpgradeMode.MANUAL
    )
    webhook, _ = manager.create(
        "wh",
        *TENANT,
        plugin=plugin,
        recovery_mode=RecoveryMode.MANUAL,
        recording_policy=RecordingPolicy.FIRST,
        tags={"team": "sre"},
    )
    assert webhook.plugin == plugin
    assert webhook.duplicate_window == 120
    assert webhook.recovery_mode is RecoveryMode.MANUAL
    assert webhook.recording_policy is RecordingPolicy.FIRST
    assert webhook.tags == {"team": "sre"}
    assert manager.get(webhook.webhook_id) == webhook


@pytest.mark.parametrize("missing", range(4))
def test_create_needs_a_name_and_a_tenant(manager: WebhookManager, missing: int) -> None:
    given = ["wh", *TENANT]
    given[missing] = " "
    key = ("name", "domain_id", "workspace_id", "project_id")[missing]
    with pytest.raises(RequiredParameter, match=rf"key = {key}\)"):
        manager.create(*given)


@pytest.mark.parametrize("name", ["x" * 256, "a\x00b", "a\ud800b", "two\nlines"])
def test_create_refuses_a_name_that_is_none(manager: WebhookManager, name: str) -> None:
    with pytest.raises(InvalidParameter, match="key = name"):
        manager.create(name, *TENANT)


def test_names_are_unique_within_a_project(manager: WebhookManager) -> None:
    manager.create("wh", *TENANT)
    with pytest.raises(InvalidParameter, match="key = name"):
        manager.create("wh", *TENANT)
    manager.create("wh", "domain-1", "workspace-1", "project-2")
    assert len(manager.list()) == 2


def test_an_id_that_is_taken_is_not_used(
    manager: WebhookManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = manager.create("first", *TENANT)
    ids = iter([first.webhook_id, "webhook-other"])
    monkeypatch.setattr("event_service.manager.webhooks.new_id", lambda _: next(ids))
    second, _ = manager.create("second", *TENANT)
    assert second.webhook_id == "webhook-other"


def test_list_is_newest_first_and_by_tenant(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    made = [
        manager.create(f"wh{n}", f"domain-{n % 2}", "workspace-1", f"project-{n}")[0]
        for n in range(4)
    ]
    for day, webhook in enumerate(made, start=1):
        webhook_database["webhook"].update_one(
            {"webhook_id": webhook.webhook_id},
            {"$set": {"created_at": datetime(2024, 1, day)}},  # noqa: DTZ001
        )

    def names(**where: str) -> list[str]:
        return [webhook.name for webhook in manager.list(**where)]

    assert names() == ["wh3", "wh2", "wh1", "wh0"]
    assert names(domain_id="domain-1") == ["wh3", "wh1"]
    assert names(domain_id="domain-1", project_id="project-1") == ["wh1"]
    assert names(workspace_id="workspace-1", project_id="project-2") == ["wh2"]
    assert names(domain_id="domain-9") == []


def test_rotation_voids_the_old_key(manager: WebhookManager) -> None:
    webhook, old = manager.create("wh", *TENANT)
    rotated, new = manager.rotate_key(webhook.webhook_id)
    assert rotated == webhook
    assert manager.authorise(webhook.webhook_id, new) == webhook
    with pytest.raises(PermissionDenied):
        manager.authorise(webhook.webhook_id, old)


def test_a_disabled_webhook_takes_events_again_when_enabled(manager: WebhookManager) -> None:
    webhook, key = manager.create("wh", *TENANT)
    assert manager.disable(webhook.webhook_id).state is WebhookState.DISABLED
    with pytest.raises(WebhookDisabled):
        manager.authorise(webhook.webhook_id, key)
    assert manager.disable(webhook.webhook_id).state is WebhookState.DISABLED
    assert manager.enable(webhook.webhook_id) == webhook
    assert manager.authorise(webhook.webhook_id, key) == webhook


def test_the_key_is_checked_before_the_state(manager: WebhookManager) -> None:
    webhook, _ = manager.create("wh", *TENANT)
    manager.disable(webhook.webhook_id)
    with pytest.raises(PermissionDenied):
        manager.authorise(webhook.webhook_id, "wrong")


def test_deleting_keeps_the_events(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    webhook, key = manager.create("wh", *TENANT)
    webhook_database["event"].insert_one({"event_id": "e", "webhook_id": webhook.webhook_id})
    manager.delete(webhook.webhook_id)
    with pytest.raises(NotFound):
        manager.get(webhook.webhook_id)
    with pytest.raises(NotFound):
        manager.authorise(webhook.webhook_id, key)
    assert webhook_database["event"].count_documents({}) == 1


@pytest.mark.parametrize("method", ["get", "rotate_key", "enable", "disable", "delete"])
def test_an_unknown_webhook_is_not_found(manager: WebhookManager, method: str) -> None:
    with pytest.raises(NotFound, match="webhook-zz"):
        getattr(manager, method)("webhook-zz")
    assert manager.list() == ()


def test_an_unknown_webhook_has_no_key(manager: WebhookManager) -> None:
    with pytest.raises(NotFound):
        manager.authorise("webhook-zz", "any")


@pytest.mark.parametrize("key", ["", "not-the-key", "\x00", "x" * 100_000])
def test_a_wrong_key_is_denied(manager: WebhookManager, key: str) -> None:
    webhook, _ = manager.create("wh", *TENANT)
    with pytest.raises(PermissionDenied) as denied:
        manager.authorise(webhook.webhook_id, key)
    assert not key or key not in denied.value.details


def test_a_legacy_key_is_converted_when_it_is_checked(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    key = store_legacy(webhook_database)
    with pytest.raises(PermissionDenied):
        manager.authorise("webhook-legacy", "wrong")
    stored = webhook_database["webhook"].find_one({})
    assert stored is not None
    assert stored["access_key"] == key

    assert manager.authorise("webhook-legacy", key).name == "legacy"
    stored = webhook_database["webhook"].find_one({})
    assert stored is not None
    assert key not in str(stored)
    assert stored["access_key_hash"] == digest_of(key).hex()
    assert manager.authorise("webhook-legacy", key).name == "legacy"


def test_a_disabled_legacy_webhook_is_converted_too(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    key = store_legacy(webhook_database, state="DISABLED")
    with pytest.raises(WebhookDisabled):
        manager.authorise("webhook-legacy", key)
    assert key not in str(webhook_database["webhook"].find_one({}))


def test_rotation_leaves_nothing_of_a_legacy_key(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    old = store_legacy(webhook_database)
    _, new = manager.rotate_key("webhook-legacy")
    assert old not in str(webhook_database["webhook"].find_one({}))
    with pytest.raises(PermissionDenied):
        manager.authorise("webhook-legacy", old)
    assert manager.authorise("webhook-legacy", new).name == "legacy"


def test_a_key_stands_nowhere(
    manager: WebhookManager,
    webhook_database: Database[dict[str, Any]],
    log: list[EventDict],
) -> None:
    webhook, first = manager.create("wh", *TENANT)
    seen: list[Webhook] = [webhook, manager.authorise(webhook.webhook_id, first)]
    rotated, second = manager.rotate_key(webhook.webhook_id)
    seen += [rotated, manager.disable(webhook.webhook_id), *manager.list()]
    with pytest.raises(PermissionDenied) as denied:
        manager.authorise(webhook.webhook_id, first)
    text = f"{seen}{denied.value}{log}{list(webhook_database['webhook'].find())}"
    said = f"{seen}{denied.value}{log}"
    for key in (first, second):
        assert key not in text
        assert digest_of(key).hex() not in said


@pytest.mark.parametrize(
    ("where", "sort"),
    [
        ({"webhook_id": "webhook-1"}, []),
        ({"domain_id": "domain-1"}, [("created_at", -1), ("webhook_id", -1)]),
        ({"project_id": "project-1"}, [("created_at", -1)]),
    ],
)
def test_webhooks_are_found_by_index(
    webhook_database: Database[dict[str, Any]],
    where: dict[str, Any],
    sort: list[tuple[str, int]],
) -> None:
    cursor = webhook_database["webhook"].find(where)
    plan = (cursor.sort(sort) if sort else cursor).explain()["queryPlanner"]["winningPlan"]
    assert "IXSCAN" in str(plan)
    assert "COLLSCAN" not in str(plan)
